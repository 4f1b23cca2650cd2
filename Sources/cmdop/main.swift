import Glibc
import LocalClient

// The command line of a server on this machine.
exit(LocalProgram.run())
