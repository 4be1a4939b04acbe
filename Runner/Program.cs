using Cnn.Runner;
using Cnn.Runner.Display;

StartUp.Begin(args);
return CommandLineProgram.Run(args, CommandConsole.OfProcess());
