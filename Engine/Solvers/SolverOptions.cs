using Cnn.Engine.Distributed;
using Cnn.Fillers;
using Cnn.Layers;
using Cnn.Layers.Threading;
using Serilog;

namespace Cnn.Engine.Solvers;

/// <summary>The options of a run, in addition to the solver's definition.</summary>
public sealed record SolverOptions
{
    /// <summary>
    /// The threads to compute with; null for threads of the solver's own, one per core, which end when it is disposed
    /// of.
    /// </summary>
    public WorkerPool? Pool { get; init; }

    /// <summary>The layer types to choose from.</summary>
    public LayerRegistry Layers { get; init; } = new();

    /// <summary>The fillers to choose from.</summary>
    public FillerRegistry Fillers { get; init; } = new();

    /// <summary>The solver types to choose from.</summary>
    public SolverRegistry Solvers { get; init; } = new();

    /// <summary>The log of the run; null for none.</summary>
    public ILogger? Log { get; init; }

    /// <summary>The solver state of a snapshot (.solverstate) to resume from; null to start a new run.</summary>
    public string? ResumeFrom { get; init; }

    /// <summary>
    /// Whether a resumed run starts its data (and its random draws) again, as Caffe does, rather than continuing where
    /// the run stopped.
    /// </summary>
    public bool RestartsData { get; init; }

    /// <summary>The level of the training net's state; null for that of the definition.</summary>
    public int? Level { get; init; }

    /// <summary>The stages to add to the training net's state.</summary>
    public IReadOnlyList<string> Stages { get; init; } = [];

    /// <summary>
    /// The weights files to start from; a later one wins. Null means those that the definition's <c>weights</c> names.
    /// Must be empty or null with <see cref="ResumeFrom"/>.
    /// </summary>
    public IReadOnlyList<string>? Weights { get; init; }

    /// <summary>
    /// Whether every parameter must come from the weights, and every layer with weights in the files must be in the
    /// training net.
    /// </summary>
    public bool WeightsAreStrict { get; init; }

    /// <summary>
    /// The folder of the run, which figures, pictures and settings are written to; null for the one that the
    /// definition's <c>run</c> names, empty for none.
    /// </summary>
    public string? Run { get; init; }

    /// <summary>What started the run, such as its command line; kept with it.</summary>
    public string RunCommand { get; init; } = "";

    /// <summary>
    /// Whether a run that starts from the beginning may go on in a folder that holds a run, whose figures then no
    /// longer count. One that is resumed from a snapshot always may.
    /// </summary>
    public bool ReplacesRun { get; init; }

    /// <summary>The clock that the times in the run's folder come from.</summary>
    public TimeProvider? Time { get; init; }

    /// <summary>
    /// The processes that train the net together, each with a solver of the same definition; null where this one trains
    /// alone. Rank 0 logs and writes files. Whoever made the group disposes of it, after the solver.
    /// </summary>
    public ProcessGroup? Processes { get; init; }
}
