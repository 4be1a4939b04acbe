namespace Cnn.Layers.Threading;

/// <summary>
/// The purpose of a worker's scratch memory. Slots keep a kernel that calls another from sharing its memory.
/// </summary>
public enum ScratchSlot
{
    /// <summary>For callers: no GEMM or convolution kernel uses it.</summary>
    Layer,

    /// <summary>Panels of a left operand packed by one worker, or its own GEMM results.</summary>
    LeftPanels,

    /// <summary>Transformed weights of one worker.</summary>
    OwnWeights,

    /// <summary>Panels of a right operand packed by one worker.</summary>
    RightPanels,

    /// <summary>Panels of a left operand that all workers read; belongs to worker 0.</summary>
    SharedLeftPanels,

    /// <summary>Panels of a right operand that all workers read; belongs to worker 0.</summary>
    SharedRightPanels,

    /// <summary>An image with its border.</summary>
    Image,

    /// <summary>Columns of image patches.</summary>
    Columns,

    /// <summary>Partial sums that are still to be added; belongs to worker 0.</summary>
    Partials,
}
