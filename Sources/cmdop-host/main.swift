// cmdop-host: the home of one session. It is started by cmdopd with a launch plan, not by hand.
import Glibc
import SessionHost

let words = Array(CommandLine.arguments.dropFirst())
exit(words.first == "answer" ? PastSession.answer(Array(words.dropFirst())) : HostProcess.run())
