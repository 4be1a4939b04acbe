using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Engine.Snapshots;

/// <summary>The state of a solver that a snapshot stores in addition to the weights.</summary>
internal sealed record SnapshotState
{
    /// <summary>The solver's type, such as Adam, which says what <see cref="Histories"/> mean.</summary>
    public required string SolverType { get; init; }

    /// <summary>The number of updates done.</summary>
    public required int Iteration { get; init; }

    /// <summary>The current step of the multistep policy.</summary>
    public required int CurrentStep { get; init; }

    /// <summary>The run's seed.</summary>
    public required long? Seed { get; init; }

    /// <summary>The history blobs in the order of the file.</summary>
    public required IReadOnlyList<Blob> Histories { get; init; }

    /// <summary>The state that layers carry from batch to batch; see <see cref="LayerStates"/>.</summary>
    public required IReadOnlyList<LayerState> LayerStates { get; init; }

    /// <summary>The state of early stopping; null without it.</summary>
    public EarlyStoppingState? EarlyStopping { get; init; }

    /// <summary>Where lr_policy plateau stands; null for another policy.</summary>
    public PlateauState? Plateau { get; init; }

    /// <summary>The snapshots before this one that <c>snapshot_keep</c> has kept.</summary>
    public IReadOnlyList<KeptSnapshot> Kept { get; init; } = [];
}
