using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Convolution;

/// <summary>
/// The packed weights of one convolution, in the form that its kernels read: packed or transformed once for all passes
/// that follow.
/// </summary>
internal sealed unsafe class PackedWeights
{
    private readonly ScratchMemory memory = new();
    private bool isWinograd;
    private long packedFloats;

    /// <summary>Callback before memory is allocated, so that a test can make the allocation fail.</summary>
    internal Action? Allocating { get; set; }

    /// <summary>Discards the packed weights, so that the next pass packs them again.</summary>
    public void Forget() => packedFloats = 0;

    /// <summary>Returns whether the weights are packed for this algorithm.</summary>
    internal bool Has(bool winograd) => packedFloats > 0 && isWinograd == winograd;

    /// <summary>
    /// Returns the buffer for the packed weights, and whether it holds them. If it does not, the caller packs all
    /// weights and then calls <see cref="MarkPacked"/>; if a pass fails before that, the next pass packs them again.
    /// </summary>
    internal float* Buffer(bool winograd, long floats, out bool isReady)
    {
        isReady = Has(winograd) && packedFloats == floats;
        if (!isReady)
        {
            Forget();
            Allocating?.Invoke();
        }

        return memory.Get(ScratchSlot.SharedLeftPanels, floats);
    }

    /// <summary>Records that the buffer holds all weights in this algorithm's form.</summary>
    internal void MarkPacked(bool winograd, long floats) => (isWinograd, packedFloats) = (winograd, floats);
}
