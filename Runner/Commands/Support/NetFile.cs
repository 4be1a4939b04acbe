using Cnn.Engine.Runs;
using Cnn.Engine.Graph;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Runner.Reports;
using Serilog;

namespace Cnn.Runner.Commands.Support;

/// <summary>The net of a model file, built for a command.</summary>
internal static class NetFile
{
    /// <summary>Reads and builds it; its parameters are not filled.</summary>
    /// <remarks>What the file's age makes worth a warning is told in any case, the building unless it goes quietly.</remarks>
    /// <param name="path">The net's file.</param>
    /// <param name="phase">The phase.</param>
    /// <param name="level">The level for its rules.</param>
    /// <param name="stages">The stages for its rules.</param>
    /// <param name="plugins">Further layer types.</param>
    /// <param name="pool">The threads.</param>
    /// <param name="log">Where to tell.</param>
    /// <param name="quietly">Whether the building goes untold.</param>
    /// <param name="forceBackward">Whether everything runs backward.</param>
    /// <param name="inferenceKeeping">The blobs to keep in a net for inference; null for a net that keeps all.</param>
    /// <exception cref="CnnException">The file or the net in it is wrong.</exception>
    public static Net Build(
        string path,
        Phase phase,
        int level,
        string[] stages,
        PluginChoice plugins,
        WorkerPool pool,
        ILogger log,
        bool quietly = false,
        bool forceBackward = false,
        IReadOnlyList<string>? inferenceKeeping = null)
    {
        Loaded<NetParameter> loaded = ProtoFile.LoadNet(path);
        log.Warn(loaded.Warnings);
        loaded.Message.ForceBackward |= forceBackward;
        try
        {
            return Build(loaded, phase, level, stages, plugins, pool, quietly ? null : log, inferenceKeeping);
        }
        catch (CnnException exception) when (loaded.Format == ProtoFormat.Binary)
        {
            throw exception.In(path);
        }
    }

    private static Net Build(
        Loaded<NetParameter> loaded,
        Phase phase,
        int level,
        string[] stages,
        PluginChoice plugins,
        WorkerPool pool,
        ILogger? log,
        IReadOnlyList<string>? inferenceKeeping) =>
        Net.Build(loaded.Message, new NetOptions
        {
            Phase = phase,
            Level = level,
            Stages = stages,
            Pool = pool,
            DefersFilling = true,
            Layers = plugins.Layers,
            Fillers = plugins.Fillers,
            Sources = loaded.Sources,
            Files = new PathResolver(loaded.Path),
            Log = log,
            Inference = inferenceKeeping is not null,
            Keep = inferenceKeeping ?? [],
        });
}
