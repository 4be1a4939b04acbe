using Cnn.Runner;
using Cnn.Runner.Display;

return CommandLineProgram.Run(args, CommandConsole.OfProcess());
