// cmdop-host: the home of one session. It is started by cmdopd with a launch plan, not by hand.
import Glibc
import SessionHost

exit(HostProcess.run())
