using Cnn.Layers.Kernels.Threading;
using Cnn.Proto;
using Cnn.Runner.Graph;
using Cnn.Runner.Reports;
using Serilog;

namespace Cnn.Runner.Commands;

/// <summary>The net of a model file, built for a command.</summary>
internal static class NetFile
{
    /// <summary>Reads and builds it; its parameters are not filled.</summary>
    /// <remarks>What the file's age makes worth a warning is told in any case, the building unless it goes quietly.</remarks>
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
        bool forceBackward = false)
    {
        Loaded<NetParameter> loaded = ProtoFile.LoadNet(path);
        log.Warn(loaded.Warnings);
        loaded.Message.ForceBackward |= forceBackward;
        try
        {
            return Build(loaded, phase, level, stages, plugins, pool, quietly ? null : log);
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
        ILogger? log) =>
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
        });
}
