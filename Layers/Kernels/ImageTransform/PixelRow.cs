using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;

namespace Cnn.Layers.Kernels.ImageTransform;

/// <summary>Pixels that are bytes or floats, read as floats.</summary>
internal static unsafe class PixelRow
{
    /// <summary>Returns one pixel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Pixel<T>(T* from)
        where T : unmanaged =>
        typeof(T) == typeof(byte) ? *(byte*)from
        : typeof(T) == typeof(float) ? *(float*)from
        : throw new NotSupportedException();

    /// <summary>Loads the first <paramref name="count"/> pixels, 1 or more; all sixteen if there are more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load<T>(T* from, int count)
        where T : unmanaged =>
        typeof(T) == typeof(byte) ? Lanes.Load((byte*)from, count)
        : typeof(T) == typeof(float) ? Lanes.Load((float*)from, count)
        : throw new NotSupportedException();

    /// <summary>Returns the pixel nearest to a value: rounded and held within 0 to 255 if pixels are bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T FromFloat<T>(float value)
        where T : unmanaged
    {
        if (typeof(T) != typeof(byte))
        {
            return Unsafe.BitCast<float, T>(value);
        }

        return Unsafe.BitCast<byte, T>((byte)(int)MathF.Min(MathF.Max(value + 0.5f, 0), 255));
    }
}
