using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels;

/// <summary>
/// The weights of one convolution in the form that its kernels read, packed or transformed once for all passes that follow.
/// </summary>
internal sealed unsafe class KeptWeights
{
    private readonly ScratchMemory memory = new();
    private bool isWinograd;
    private long kept;

    /// <summary>Packs anew at the next pass.</summary>
    public void Forget() => kept = 0;

    /// <summary>Whether a pass by this algorithm finds its weights.</summary>
    internal bool Has(bool winograd) => kept > 0 && isWinograd == winograd;

    /// <summary>The memory for the packed weights, and whether it holds them.</summary>
    internal float* Room(bool winograd, long floats, out bool isReady)
    {
        isReady = Has(winograd) && kept == floats;
        (isWinograd, kept) = (winograd, floats);
        return memory.Get(ScratchSlot.SharedLeftPanels, floats);
    }
}
