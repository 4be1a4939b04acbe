using System.CommandLine;

namespace Cnn.Runner.Commands;

/// <summary><c>cnn data</c>: data sets as files.</summary>
internal static class DataCommand
{
    /// <summary>The command and those under it.</summary>
    public static Command Create(CommandConsole console) =>
        new("data", "Makes data sets.")
        {
            DataMnistCommand.Create(console), DataCifar10Command.Create(console), DataDigitsCommand.Create(console),
        };
}
