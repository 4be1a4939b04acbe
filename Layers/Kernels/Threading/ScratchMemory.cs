using System.Runtime.CompilerServices;

namespace Cnn.Layers.Kernels.Threading;

/// <summary>One worker's scratch memory: a growing, pinned, 64-byte aligned buffer a slot.</summary>
internal sealed unsafe class ScratchMemory
{
    private const int Alignment = 64;

    private readonly float[][] memory = new float[Enum.GetValues<ScratchSlot>().Length][];

    /// <summary>At least so many floats; what they hold is left over.</summary>
    public float* Get(ScratchSlot slot, long floats)
    {
        float[]? held = memory[(int)slot];
        if (held is null || held.Length - (Alignment / sizeof(float)) < floats)
        {
            held = GC.AllocateUninitializedArray<float>(checked((int)floats + (Alignment / sizeof(float))), pinned: true);
            memory[(int)slot] = held;
        }

        var address = (nuint)Unsafe.AsPointer(ref held[0]);
        return (float*)((address + Alignment - 1) & ~(nuint)(Alignment - 1));
    }
}
