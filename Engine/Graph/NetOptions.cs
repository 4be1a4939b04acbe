using Cnn.Fillers;
using Cnn.Layers;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Serilog;

namespace Cnn.Engine.Graph;

/// <summary>How to build a net from its definition.</summary>
public sealed record NetOptions
{
    /// <summary>The phase: which layers the rules keep, and how layers behave.</summary>
    public Phase Phase { get; init; } = Phase.Test;

    /// <summary>The level that <c>min_level</c> and <c>max_level</c> rules compare with.</summary>
    public int Level { get; init; }

    /// <summary>
    /// The stages that <c>stage</c> and <c>not_stage</c> rules look for, in addition to the net's own.
    /// </summary>
    public IReadOnlyList<string> Stages { get; init; } = [];

    /// <summary>The seed of everything random in the net.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>
    /// The weights files to start from, each a .caffemodel, HDF5, safetensors or .npz; a later one wins. Parameters
    /// that no file has are filled.
    /// </summary>
    public IReadOnlyList<string> Weights { get; init; } = [];

    /// <summary>
    /// Whether every parameter must come from <see cref="Weights"/>, and every layer with weights in the files must be
    /// in the net.
    /// </summary>
    public bool WeightsAreStrict { get; init; }

    /// <summary>
    /// The threads to compute with; null for threads of the net's own, one per core, which end when it is disposed of.
    /// </summary>
    public WorkerPool? Pool { get; init; }

    /// <summary>The layer types to choose from.</summary>
    public LayerRegistry Layers { get; init; } = new();

    /// <summary>The fillers to choose from.</summary>
    public FillerRegistry Fillers { get; init; } = new();

    /// <summary>The log of the net's building and its warnings; null for none.</summary>
    public ILogger? Log { get; init; }

    /// <summary>Whether the log leaves out the steps of building; it still has warnings and weights.</summary>
    public bool BuildsQuietly { get; init; }

    /// <summary>
    /// Whether parameters without weights stay zero instead of being filled; for nets whose shapes alone are looked at.
    /// </summary>
    public bool LeavesParametersZero { get; init; }

    /// <summary>
    /// Whether everything that leads to an output runs backward, down to the inputs, as with <c>force_backward</c>.
    /// </summary>
    public bool ForceBackward { get; init; }

    /// <summary>
    /// Whether the net only runs forward, which is faster and takes less memory: convolutions pack their weights once,
    /// at the first pass and again after a change, and do the work of the BatchNorm, Scale and ReLU layers that follow
    /// them; blobs share memory, so that after a pass only inputs, outputs and <see cref="Keep"/> have values.
    /// </summary>
    public bool Inference { get; init; }

    /// <summary>
    /// What the net makes up where the files of its data are not here, for a net that is only looked at or timed; null
    /// where that is an error.
    /// </summary>
    public MadeUpData? MadeUp { get; init; }

    /// <summary>The blobs that keep their values although the net is built for <see cref="Inference"/>.</summary>
    public IReadOnlyList<string> Keep { get; init; } = [];
}
