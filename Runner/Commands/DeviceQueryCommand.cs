using System.CommandLine;
using System.Runtime.InteropServices;
using Cnn.Layers.Kernels;
using Cnn.Runner.Commands.Support;
using Cnn.Runner.Display;

namespace Cnn.Runner.Commands;

/// <summary><c>cnn device_query</c>: prints what the program computes with.</summary>
internal static class DeviceQueryCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        Option<string?> gpu = OptionValues.Gpu();
        var command = new CommandWithExamples(
            "device_query", "Says what the program computes with: processors and vector width.", "cnn device_query")
        {
            gpu,
        };
        command.SetAction(_ =>
        {
            console.Out.WriteLine(
                $"CPU, {Environment.ProcessorCount} processors ({RuntimeInformation.ProcessArchitecture}), "
                + $"vectors: {VectorUnit.Path}");
            return ExitCode.Done;
        });
        return command;
    }
}
