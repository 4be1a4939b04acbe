using Cnn.Runner.Commands;

return CommandLineProgram.Run(args, CommandConsole.OfProcess());
