using System.CommandLine;
using Cnn.Runner.Display;

namespace Cnn.Runner.Commands;

/// <summary><c>cnn data</c>: creates data sets as files and looks at them.</summary>
internal static class DataCommand
{
    /// <summary>Creates the command and its subcommands.</summary>
    public static Command Create(CommandConsole console) =>
        new("data", "Makes data sets, and looks at them.")
        {
            DataMnistCommand.Create(console), DataCifar10Command.Create(console), DataDigitsCommand.Create(console),
            DataImagesCommand.Create(console), DataBoxesCommand.Create(console), DataInspectCommand.Create(console),
        };
}
