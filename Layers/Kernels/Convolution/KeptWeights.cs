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

    /// <summary>The memory for the packed weights, and whether it holds them; if not, say when it does.</summary>
    internal float* Room(bool winograd, long floats, out bool isReady)
    {
        isReady = Has(winograd) && kept == floats;
        if (!isReady)
        {
            // A pass that fails before all is packed leaves nothing to find.
            kept = 0;
        }

        return memory.Get(ScratchSlot.SharedLeftPanels, floats);
    }

    /// <summary>The memory holds all of the packed weights.</summary>
    internal void SetReady(bool winograd, long floats) => (isWinograd, kept) = (winograd, floats);
}
