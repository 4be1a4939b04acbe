using Cnn.Engine.Detection;
using Cnn.Engine.Distributed;

namespace Cnn.Engine.Graph;

/// <summary>How <see cref="NetTester"/> tests a net.</summary>
public sealed record NetTestOptions
{
    /// <summary>
    /// How the average precision of detections is computed, as <c>ap_version</c> of a solver: Integral, MaxIntegral or
    /// 11point.
    /// </summary>
    public string ApVersion { get; init; } = AveragePrecision.Integral;

    /// <summary>
    /// The processes that share the batches out, each with the same net; null where this one tests alone. All of them
    /// are handed all batches and return the same scores.
    /// </summary>
    public ProcessGroup? Processes { get; init; }

    /// <summary>
    /// Is handed each batch with the net's outputs, in the order of <see cref="Net.Outputs"/>; null for nobody.
    /// </summary>
    public Action<NetBatch>? Tested { get; init; }

    /// <summary>Receives the number of batches done, before the next are run; null for nobody.</summary>
    public IProgress<int>? Progress { get; init; }
}
