using Cnn.Fillers;
using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Runner;

/// <summary>
/// Makes, on another thread, what nearly every command needs and what takes a tenth of a second: the descriptors of the
/// schema and the tables of layer and filler types. The command waits for what is not ready when it asks for it.
/// </summary>
internal static class StartUp
{
    /// <summary>Begins, where the command line names a command rather than asks for help.</summary>
    /// <param name="args">The command line.</param>
    public static void Begin(string[] args)
    {
        if (args.Length > 1 && char.IsAsciiLetter(args[0].FirstOrDefault()) && Environment.ProcessorCount > 1)
        {
            _ = Task.Run(MakeTables);
        }
    }

    // A failure shows itself again where the tables are used.
    private static void MakeTables()
    {
        _ = CaffeReflection.Descriptor;
        _ = new LayerRegistry();
        _ = new FillerRegistry();
    }
}
