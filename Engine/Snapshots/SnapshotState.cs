using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Engine.Snapshots;

/// <summary>What a snapshot keeps of a solver, beside the weights.</summary>
internal sealed record SnapshotState
{
    /// <summary>The solver's type, such as Adam, which says what <see cref="Histories"/> mean.</summary>
    public required string SolverType { get; init; }

    /// <summary>Updates done.</summary>
    public required int Iteration { get; init; }

    /// <summary>The step of the multistep policy.</summary>
    public required int CurrentStep { get; init; }

    /// <summary>The run's seed.</summary>
    public required long? Seed { get; init; }

    /// <summary>The history blobs in the order of the file.</summary>
    public required IReadOnlyList<Blob> Histories { get; init; }

    /// <summary>What layers carry from batch to batch; see <see cref="LayerStates"/>.</summary>
    public required IReadOnlyList<LayerState> LayerStates { get; init; }

    /// <summary>Where early stopping stands; null without it.</summary>
    public EarlyStoppingState? EarlyStopping { get; init; }
}
