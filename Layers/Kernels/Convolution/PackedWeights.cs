using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Convolution;

/// <summary>
/// The weights of one convolution in the form that its kernels read, packed or transformed once for all passes that
/// follow.
/// </summary>
internal sealed unsafe class PackedWeights
{
    private readonly ScratchMemory memory = new();
    private bool isWinograd;
    private long packedFloats;

    /// <summary>Runs before memory is taken, so that a test can make that fail.</summary>
    internal Action? Allocating { get; set; }

    /// <summary>Packs anew at the next pass.</summary>
    public void Forget() => packedFloats = 0;

    /// <summary>Whether a pass by this algorithm finds its weights.</summary>
    internal bool Has(bool winograd) => packedFloats > 0 && isWinograd == winograd;

    /// <summary>
    /// The memory for the packed weights, and whether it holds them. Where it does not, whoever has packed all of them
    /// calls <see cref="MarkPacked"/>; a pass that fails before leaves nothing that the next would take for packed weights.
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

    /// <summary>Notes that the memory holds all weights in this algorithm's form.</summary>
    internal void MarkPacked(bool winograd, long floats) => (isWinograd, packedFloats) = (winograd, floats);
}
