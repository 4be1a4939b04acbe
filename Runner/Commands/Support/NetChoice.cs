using System.CommandLine;
using Cnn.Engine.Graph;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Serilog;

namespace Cnn.Runner.Commands.Support;

/// <summary>The options by which a command says which net to build: file, phase, level, stages and plug-ins.</summary>
/// <param name="phase">The phase if none is given.</param>
internal sealed class NetChoice(string phase)
{
    private PositionalFile? positional;

    /// <summary><c>--model</c>.</summary>
    public Option<string> Model { get; } = OptionValues.RequiredFile("--model", "The net.");

    /// <summary><c>--phase</c>; a command that leaves it out builds the net of the default phase.</summary>
    public Option<string> Phase { get; } = OptionValues.Phase(phase);

    /// <summary><c>--plugin</c>.</summary>
    public Option<string[]> Plugin { get; } = OptionValues.Plugin();

    /// <summary><c>--level</c>.</summary>
    public Option<int?> Level { get; } = OptionValues.Level();

    /// <summary><c>--stage</c>.</summary>
    public Option<string[]> Stage { get; } = OptionValues.Stage();

    /// <summary>Lets a command take the net's file without <c>--model</c> too.</summary>
    public void TakeArgument(CommandWithExamples command)
    {
        positional = new PositionalFile(Model, "model");
        positional.AddTo(command);
    }

    /// <summary>Loads the plug-ins and builds the net.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="pool">The threads.</param>
    /// <param name="log">Receives the building, warnings and weights.</param>
    /// <param name="complete">Sets what else the command asks for.</param>
    /// <exception cref="CnnException">The file, a plug-in or the net is wrong.</exception>
    public Net Build(ParseResult parsed, WorkerPool pool, ILogger log, Func<NetOptions, NetOptions> complete)
    {
        NetOptions options = complete(Options(parsed, pool, log));
        return Net.Build(Load(parsed), options);
    }

    /// <summary>Loads the net's definition.</summary>
    /// <param name="parsed">The command line.</param>
    /// <exception cref="CnnException">The file is wrong.</exception>
    public NetDefinition Load(ParseResult parsed) =>
        NetDefinition.Load(positional?.Read(parsed) ?? parsed.GetRequiredValue(Model));

    /// <summary>Loads the plug-ins and returns how to build the net.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="pool">The threads.</param>
    /// <param name="log">Receives the building, warnings and weights.</param>
    /// <exception cref="CnnException">A plug-in is wrong.</exception>
    public NetOptions Options(ParseResult parsed, WorkerPool pool, ILogger log)
    {
        var plugins = PluginChoice.Of(parsed, Plugin);
        return new NetOptions
        {
            Phase = OptionValues.PhaseOf(parsed.GetResult(Phase) is null ? phase : parsed.GetValue(Phase)!),
            Level = parsed.GetValue(Level) ?? 0,
            Stages = OptionValues.SplitAtCommas(parsed.GetValue(Stage)),
            Pool = pool,
            Layers = plugins.Layers,
            Fillers = plugins.Fillers,
            Log = log,
        };
    }
}
