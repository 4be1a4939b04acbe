using System.CommandLine;
using Cnn.Engine.Solvers;
using Cnn.Fillers;
using Cnn.Layers;
using Cnn.Layers.Plugins;
using Cnn.Proto;

namespace Cnn.Runner.Commands.Support;

/// <summary>
/// The layer, filler and solver types of a run: the built-in ones and those of the plug-ins that the user named. A
/// plug-in that a solver file names is loaded only when the user allowed that or named the same file, since loading
/// runs its code.
/// </summary>
internal sealed class PluginChoice
{
    private readonly string[] named;
    private readonly List<string> paths = [];
    private readonly PluginLoader loader;

    /// <summary>Loads the named plug-ins.</summary>
    /// <param name="named">The files, as the user named them.</param>
    /// <param name="warn">Receives the warnings of the compiler of C# files; null for nobody.</param>
    /// <exception cref="CnnException">One cannot be loaded.</exception>
    public PluginChoice(string[] named, Action<Diagnostic>? warn)
    {
        this.named = named;
        loader = new PluginLoader(Layers, Fillers, Solvers) { Warn = warn };
        foreach (string path in named)
        {
            Load(path);
        }
    }

    /// <summary>Loads the plug-ins that a command line names; <c>--verbose</c> shows the warnings.</summary>
    /// <exception cref="CnnException">One cannot be loaded.</exception>
    public static PluginChoice Of(ParseResult parsed, Option<string[]> plugin) =>
        new(parsed.GetValue(plugin) ?? [], WarningsTo(parsed));

    /// <summary>
    /// Returns what shows the compiler's warnings; null where the command line does not ask for them.
    /// </summary>
    public static Action<Diagnostic>? WarningsTo(ParseResult parsed) => parsed.GetValue<bool>("--verbose")
        ? warning => parsed.InvocationConfiguration.Error.WriteLine($"warning: {warning}")
        : null;

    /// <summary>The layer types.</summary>
    public LayerRegistry Layers { get; } = new();

    /// <summary>The filler types.</summary>
    public FillerRegistry Fillers { get; } = new();

    /// <summary>The solver types.</summary>
    public SolverRegistry Solvers { get; } = new();

    /// <summary>The files that were loaded.</summary>
    public IReadOnlyList<string> Paths => paths;

    /// <summary>Loads the plug-ins that a solver file names.</summary>
    /// <param name="solver">The solver file.</param>
    /// <param name="isAllowed">Whether the user allowed that.</param>
    /// <exception cref="CnnException">
    /// A plug-in is not allowed, in which case none is loaded, or cannot be loaded.
    /// </exception>
    public void LoadFrom(SolverDefinition solver, bool isAllowed)
    {
        string[] asked = [.. solver.Message.Plugin.Select(solver.Files.Find)];
        var refused = new List<Diagnostic>();
        for (int i = 0; i < asked.Length; i++)
        {
            if (!isAllowed && !Array.Exists(named, n => PluginLoader.IsSameFile(n, asked[i])))
            {
                refused.Add(new Diagnostic(
                    $"the solver asks for the plug-in '{solver.Message.Plugin[i]}', whose code would run",
                    Place(i),
                    $"if you trust it, pass --plugin {asked[i]} or --allow-plugins"));
            }
        }

        if (refused.Count > 0)
        {
            throw new CnnException(refused);
        }

        for (int i = 0; i < asked.Length; i++)
        {
            try
            {
                Load(asked[i]);
            }
            catch (CnnException exception)
            {
                throw new CnnException(
                    [
                        .. exception.Diagnostics.Select(d => d.Location is null ? d with { Location = Place(i) } : d),
                    ],
                    exception);
            }
        }

        SourceLocation? Place(int index) =>
            solver.Sources.Find(solver.Message, SolverParameter.PluginFieldNumber, index);
    }

    private void Load(string path)
    {
        if (PluginCompiler.IsSource(path))
        {
            using var interrupt = new CancelOnInterrupt(CancellationToken.None);
            loader.Load(path, interrupt.Token);
        }
        else
        {
            loader.Load(path);
        }

        if (!paths.Exists(p => PluginLoader.IsSameFile(p, path)))
        {
            paths.Add(path);
        }
    }
}
