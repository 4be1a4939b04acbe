using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Convolution;

/// <summary>
/// The packed weights of one convolution, in the form that its kernels read: packed or transformed once for all passes
/// that follow.
/// </summary>
internal sealed unsafe class PackedWeights
{
    private readonly ScratchMemory memory = new();
    private WeightForm form;
    private long packedFloats;

    /// <summary>Callback before memory is allocated, so that a test can make the allocation fail.</summary>
    internal Action? Allocating { get; set; }

    /// <summary>Discards the packed weights, so that the next pass packs them again.</summary>
    public void Forget() => packedFloats = 0;

    /// <summary>Returns whether the weights are packed in this form.</summary>
    internal bool Has(WeightForm inForm) => packedFloats > 0 && form == inForm;

    /// <summary>
    /// Returns the buffer for the packed weights, and whether it holds them. If it does not, the caller packs all
    /// weights and then calls <see cref="MarkPacked"/>; if a pass fails before that, the next pass packs them again.
    /// </summary>
    internal float* Buffer(WeightForm inForm, long floats, out bool isReady)
    {
        isReady = Has(inForm) && packedFloats == floats;
        if (!isReady)
        {
            Forget();
            Allocating?.Invoke();
        }

        return memory.Get(ScratchSlot.SharedLeftPanels, floats);
    }

    /// <summary>Records that the buffer holds all weights in this form.</summary>
    internal void MarkPacked(WeightForm inForm, long floats) => (form, packedFloats) = (inForm, floats);
}
