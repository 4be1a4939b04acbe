using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Cnn.Layers.Kernels.Gemm;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Convolution;

/// <summary>
/// Packs the patches of a strip into panels of B, without an intermediate matrix of columns: a panel's columns are
/// output pixels, its rows are taps. Each vector of pixels is loaded in one piece for each row of the result that it
/// touches.
/// </summary>
internal sealed unsafe class PatchPacking
{
    private readonly PinnedInts pixels;
    private readonly PinnedInts firstPiece;
    private readonly PinnedInts pieces;

    /// <summary>Plans the packing of strips of <paramref name="outRows"/> rows of the result.</summary>
    public PatchPacking(ImageLayout layout, int outRows, int outWidth)
    {
        int width = MicroKernels.Width;
        Pixels = outRows * outWidth;
        int vectors = (Pixels + width - 1) / width;
        pixels = new PinnedInts(Pixels);
        firstPiece = new PinnedInts(vectors + 1);
        pieces = new PinnedInts(3 * Pixels);
        int count = 0;
        for (int p = 0; p < Pixels; p++)
        {
            int at = (p / outWidth * layout.PixelRowSize) + (p % outWidth);
            pixels.Pointer[p] = at;
            int lane = p % width, start = at - lane;
            if (lane == 0)
            {
                firstPiece.Pointer[p / width] = count;
            }

            // A piece is the offset of its vector's first lane and the range of lanes that it fills.
            if (lane != 0 && pieces.Pointer[(3 * count) - 3] == start)
            {
                pieces.Pointer[(3 * count) - 1]++;
            }
            else
            {
                pieces.Pointer[3 * count] = start;
                pieces.Pointer[(3 * count) + 1] = lane;
                pieces.Pointer[(3 * count) + 2] = lane + 1;
                count++;
            }
        }

        firstPiece.Pointer[vectors] = count;
    }

    /// <summary>Output pixels in the strip.</summary>
    public int Pixels { get; }

    /// <summary>
    /// Packs the panel of the pixels that begin at <paramref name="first"/>, a multiple of the panel's width:
    /// target[t * stride + i] = image[taps[t] + offset of pixel first + i].
    /// </summary>
    /// <param name="image">The strip in its <see cref="ImageLayout"/>.</param>
    /// <param name="taps">The offsets of the taps.</param>
    /// <param name="k">Number of taps.</param>
    /// <param name="first">The first pixel.</param>
    /// <param name="count">Number of pixels, at most the panel's width.</param>
    /// <param name="target">The panel.</param>
    /// <param name="stride">Floats from one tap to the next: one or two vectors.</param>
    public void Pack(float* image, int* taps, int k, int first, int count, float* target, nint stride)
    {
        int width = MicroKernels.Width;
        if (VectorUnit.Path < VectorPath.Avx2)
        {
            int* offsets = pixels.Pointer + first;
            for (int t = 0; t < k; t++, target += stride)
            {
                float* source = image + taps[t];
                for (int i = 0; i < count; i++)
                {
                    target[i] = source[offsets[i]];
                }
            }

            return;
        }

        for (int i = 0; i < count; i += width)
        {
            int vector = (first + i) / width;
            int* from = pieces.Pointer + (3 * firstPiece.Pointer[vector]);
            int pieceCount = firstPiece.Pointer[vector + 1] - firstPiece.Pointer[vector];
            if (VectorUnit.Path == VectorPath.Avx512)
            {
                Pack512(image, taps, k, from, pieceCount, target + i, stride);
            }
            else
            {
                Pack256(image, taps, k, from, pieceCount, target + i, stride);
            }
        }
    }

    private static void Pack512(float* image, int* taps, int k, int* piece, int pieces, float* target, nint stride)
    {
        if (pieces == 1 && piece[2] == 16)
        {
            image += piece[0];
            for (int t = 0; t < k; t++, target += stride)
            {
                Vector512.Load(image + taps[t]).Store(target);
            }

            return;
        }

        Vector512<float> head = VectorMask.First512(piece[2]);
        int* last = piece + (3 * (pieces - 1));
        Vector512<float> tail = VectorMask.First512(last[2]) & ~VectorMask.First512(last[1]);
        float* start = image + piece[0], end = image + last[0];
        for (int t = 0; t < k; t++, target += stride)
        {
            int tap = taps[t];
            var value = Avx512F.MaskLoad(start + tap, head, Vector512<float>.Zero);
            for (int* middle = piece + 3; middle < last; middle += 3)
            {
                var mask = VectorMask.First512(middle[2]) & ~VectorMask.First512(middle[1]);
                value = Avx512F.MaskLoad(image + middle[0] + tap, mask, value);
            }

            Avx512F.MaskLoad(end + tap, tail, value).Store(target);
        }
    }

    private static void Pack256(float* image, int* taps, int k, int* piece, int pieces, float* target, nint stride)
    {
        if (pieces == 1 && piece[2] == 8)
        {
            image += piece[0];
            for (int t = 0; t < k; t++, target += stride)
            {
                Vector256.Load(image + taps[t]).Store(target);
            }

            return;
        }

        for (int t = 0; t < k; t++, target += stride)
        {
            Vector256<float> value = default;
            for (int* each = piece; each < piece + (3 * pieces); each += 3)
            {
                var mask = VectorMask.First256(each[2]) & ~VectorMask.First256(each[1]);
                value |= Avx.MaskLoad(image + each[0] + taps[t], mask);
            }

            value.Store(target);
        }
    }
}
