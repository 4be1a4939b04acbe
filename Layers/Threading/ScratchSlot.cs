namespace Cnn.Layers.Threading;

/// <summary>
/// What a worker's scratch memory is for. Slots keep a kernel that calls another from being handed the same memory.
/// </summary>
public enum ScratchSlot
{
    /// <summary>A caller's own, used by no kernel of the product or the convolution.</summary>
    Layer,

    /// <summary>Panels of a left operand packed by one worker, or products of its own.</summary>
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

    /// <summary>Sums of parts that are still to be added; belongs to worker 0.</summary>
    Partials,
}
