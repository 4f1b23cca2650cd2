// cmdop-inside: one thing done inside a session, as its user. It is started by cmdop-host, not by hand.
import Glibc
import Inside

exit(InsideProgram.run(CommandLine.arguments))
