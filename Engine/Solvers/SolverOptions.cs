using Cnn.Fillers;
using Cnn.Layers;
using Cnn.Layers.Threading;
using Cnn.Proto;
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

    /// <summary>Whether parameters stay unfilled until <see cref="Solver.FillParameters"/>.</summary>
    internal bool DefersFilling { get; init; }

    /// <summary>Where the definition was written, for errors.</summary>
    internal SourceMap Sources { get; init; } = new();

    /// <summary>Finds the files that the definition names.</summary>
    internal PathResolver Files { get; init; } = new((string?)null);
}
