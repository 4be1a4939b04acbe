using System.Runtime.CompilerServices;
using Cnn.Proto;

namespace Cnn.Layers.Threading;

/// <summary>One worker's scratch memory: a growing, pinned, 64-byte aligned buffer per slot.</summary>
internal sealed unsafe class ScratchMemory
{
    private readonly float[][] memory = new float[Enum.GetValues<ScratchSlot>().Length][];

    /// <summary>Returns a buffer of at least <paramref name="floats"/> floats; it is not cleared.</summary>
    public float* Get(ScratchSlot slot, long floats)
    {
        float[]? held = memory[(int)slot];
        if (held is null || held.Length - CacheLine.Floats < floats)
        {
            memory[(int)slot] = held = Allocate(floats);
        }

        return CacheLine.From((float*)Unsafe.AsPointer(ref held[0]));
    }

    private static float[] Allocate(long floats)
    {
        try
        {
            return GC.AllocateUninitializedArray<float>(checked((int)floats + CacheLine.Floats), pinned: true);
        }
        catch (OutOfMemoryException exception)
        {
            throw MemoryErrors.OfBuffer(sizeof(float) * floats, exception);
        }
    }
}
