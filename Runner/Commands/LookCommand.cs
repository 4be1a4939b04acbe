using System.CommandLine;
using Cnn.Runner.Display;

namespace Cnn.Runner.Commands;

/// <summary><c>cnn look</c>: shows what is in a net as pictures.</summary>
internal static class LookCommand
{
    /// <summary>Creates the command and its subcommands.</summary>
    public static Command Create(CommandConsole console) =>
        new("look", "Looks into a net: filters, activations, gradients, and what matters in an image, as a picture.")
        {
            LookFiltersCommand.Create(console), LookActivationsCommand.Create(console),
            LookGradientsCommand.Create(console), LookSaliencyCommand.Create(console),
        };
}
