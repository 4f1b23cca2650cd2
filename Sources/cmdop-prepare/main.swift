// cmdop-prepare: makes the container that a session runs in. It is started by cmdop-host, not by hand.
import Glibc
import Preparation

exit(PreparationProgram.run(CommandLine.arguments))
