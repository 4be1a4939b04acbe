using Cnn.Fillers;
using Cnn.Layers;
using Cnn.Layers.Threading;
using Serilog;

namespace Cnn.Engine.Solvers;

/// <summary>What a run is given beside the solver's definition.</summary>
public sealed record SolverOptions
{
    /// <summary>The threads to compute with; null for threads of the solver's own, one a core, until it is disposed of.</summary>
    public WorkerPool? Pool { get; init; }

    /// <summary>The layer types to choose from.</summary>
    public LayerRegistry Layers { get; init; } = new();

    /// <summary>The fillers to choose from.</summary>
    public FillerRegistry Fillers { get; init; } = new();

    /// <summary>The solver types to choose from.</summary>
    public SolverRegistry Solvers { get; init; } = new();

    /// <summary>Where the run is told; null for nowhere.</summary>
    public ILogger? Log { get; init; }

    /// <summary>A snapshot's state (.solverstate) to go on from; null to start anew.</summary>
    public string? ResumeFrom { get; init; }

    /// <summary>
    /// Whether a resumed run starts its data (and its random draws) again, as Caffe does, rather than going on where the
    /// run stopped.
    /// </summary>
    public bool RestartsData { get; init; }

    /// <summary>Level of the training net's state; null leaves the definition's.</summary>
    public int? Level { get; init; }

    /// <summary>Stages added to the training net's state.</summary>
    public IReadOnlyList<string> Stages { get; init; } = [];

    /// <summary>
    /// Weights files to start from, a later one wins; null for those that the definition's <c>weights</c> names. Must be
    /// empty or null with <see cref="ResumeFrom"/>.
    /// </summary>
    public IReadOnlyList<string>? Weights { get; init; }

    /// <summary>Whether every parameter must come from the weights, and all of the files must go into the training net.</summary>
    public bool WeightsAreStrict { get; init; }
}
