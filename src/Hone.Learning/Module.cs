// Working space on the stack is written before it is read; clearing it first would cost more than some of the learners do.
[module: System.Runtime.CompilerServices.SkipLocalsInit]

namespace Hone.Learning;
