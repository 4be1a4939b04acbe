using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Kernels.Gemm;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Convolution;

/// <summary>
/// Convolution of each channel with a kernel of its own, and its gradients: <see cref="ConvolutionReference"/> has the
/// formula. There is too little arithmetic for a GEMM, so it works on one plane at a time, laid out with its border
/// (<see cref="ImageLayout"/>), sixteen columns and four rows side by side. A part is a few planes.
/// </summary>
internal static unsafe class DepthwiseConvolution
{
    // Larger kernels would not fit the stack, and need no such kernel.
    private const int MostTaps = 256;

    // With fewer channels the images of a batch are summed in several parts.
    private const int PartsOfGradient = 64;

    // Taps whose sums are in registers at a time: 25 and, with one idle, 9 are multiples.
    private const int TapsAtOnce = 5;

    /// <summary>Returns whether a convolution is of this kind.</summary>
    public static bool Suits(in ConvolutionShape shape) =>
        shape.GroupChannels == 1 && shape.GroupOutputs == 1 && shape.Taps <= MostTaps;

    /// <summary>Runs <see cref="ConvolutionKernel.Forward"/>.</summary>
    public static void Forward(
        WorkerPool pool, DepthwisePlan plan, int images, float* x, float* weights, float* bias, float* y,
        Rectifier? rectifier = null)
    {
        ConvolutionShape shape = plan.Shape;
        KernelGuard.Array(x, images, shape.ImageSize);
        KernelGuard.Array(y, images, shape.OutSizeOfImage);
        KernelGuard.Array(weights, shape.Channels, shape.Taps);
        KernelGuard.ArrayOrNull(bias, shape.Channels);
        var job = new ForwardJob
        {
            Plan = plan, Pool = pool, X = x, Weights = weights, Bias = bias, Y = y, Planes = images * shape.Channels,
            Rectifier = rectifier,
        };
        pool.Run(plan.PartsOf(job.Planes), ref job);
    }

    /// <summary>Runs <see cref="ConvolutionKernel.InputGradient"/>.</summary>
    public static void InputGradient(
        WorkerPool pool, DepthwisePlan plan, int images, float* dy, float* weights, float* dx)
    {
        ConvolutionShape shape = plan.Shape;
        KernelGuard.Array(dx, images, shape.ImageSize);
        KernelGuard.Array(dy, images, shape.OutSizeOfImage);
        KernelGuard.Array(weights, shape.Channels, shape.Taps);
        if (plan.Rotated is { } rotated)
        {
            var forward = new ForwardJob
            {
                Plan = rotated, Pool = pool, X = dy, Weights = weights, Y = dx, Planes = images * shape.Channels,
                IsRotated = true,
            };
            pool.Run(rotated.PartsOf(forward.Planes), ref forward);
            return;
        }

        var job = new SpreadJob
        {
            Plan = plan, Pool = pool, Dy = dy, Weights = weights, Dx = dx, Planes = images * shape.Channels,
        };
        pool.Run(plan.PartsOf(job.Planes), ref job);
    }

    /// <summary>Runs <see cref="ConvolutionKernel.WeightGradient"/>; dw or db may be null.</summary>
    public static void WeightGradient(
        WorkerPool pool, DepthwisePlan plan, int images, float* x, float* dy, float* dw, float* db)
    {
        ConvolutionShape shape = plan.Shape;
        KernelGuard.Array(x, images, shape.ImageSize);
        KernelGuard.Array(dy, images, shape.OutSizeOfImage);
        KernelGuard.ArrayOrNull(dw, shape.Channels, shape.Taps);
        KernelGuard.ArrayOrNull(db, shape.Channels);
        int pieces = Math.Clamp(PartsOfGradient / shape.Channels, 1, Math.Max(1, images)), sums = shape.Taps + 1;
        double* partials = (double*)pool.Scratch(
            0, ScratchSlot.Partials, 2L * pieces * shape.Channels * sums);
        var job = new GradientJob
        {
            Plan = plan, Pool = pool, X = x, Dy = dy, Images = images, Pieces = pieces, Sums = partials,
        };
        pool.Run(pieces * shape.Channels, ref job);
        for (int c = 0; c < shape.Channels; c++)
        {
            for (int t = 0; t < sums; t++)
            {
                double sum = 0;
                for (int piece = 0; piece < pieces; piece++)
                {
                    sum += partials[((((nint)piece * shape.Channels) + c) * sums) + t];
                }

                if (t == shape.Taps && db != null)
                {
                    db[c] += (float)sum;
                }
                else if (t < shape.Taps && dw != null)
                {
                    dw[((nint)c * shape.Taps) + t] += (float)sum;
                }
            }
        }
    }

    private struct ForwardJob : IParallelJob
    {
        public DepthwisePlan Plan;
        public WorkerPool Pool;
        public float* X, Weights, Bias, Y;
        public int Planes;
        public bool IsRotated;
        public Rectifier? Rectifier;

        public readonly void Run(int part, int worker)
        {
            ConvolutionShape shape = Plan.Shape;
            int end = Math.Min(Planes, (part + 1) * Plan.PlanesPerPart), taps = shape.Taps;
            int height = Plan.OutHeight, width = Plan.OutWidth, pixels = height * width;
            nint step = Plan.Layout.PixelRowSize;
            float* scratch = Plan.Scratch(Pool, worker), weights = stackalloc float[taps];
            for (int plane = part * Plan.PlanesPerPart; plane < end; plane++)
            {
                int channel = plane % shape.Channels;
                var ofChannel = new ReadOnlySpan<float>(Weights + ((nint)channel * taps), taps);
                ofChannel.CopyTo(new Span<float>(weights, taps));
                if (IsRotated)
                {
                    new Span<float>(weights, taps).Reverse();
                }

                float* x = X + ((nint)plane * shape.Height * shape.Width), y = Y + ((nint)plane * pixels);
                float bias = Bias == null ? 0 : Bias[channel];
                if (Plan.ThreeTaps is { } threeTaps)
                {
                    threeTaps.Forward(x, weights, bias, y, Rectifier);
                    continue;
                }

                float* laid = Plan.Lay(x, scratch);
                for (int row = 0; row < height; row += 4)
                {
                    Rows(laid + (row * step), weights, bias, y + ((nint)row * width), height - row);
                }
            }
        }

        // Computes four rows, or those that are left: then some are computed twice.
        private readonly void Rows(float* laid, float* weights, float bias, float* y, int rows)
        {
            int width = Plan.OutWidth, taps = Plan.Layout.TapCount;
            nint step = Plan.Layout.PixelRowSize;
            nint second = Math.Min(1, rows - 1), third = Math.Min(2, rows - 1), fourth = Math.Min(3, rows - 1);
            int* offsets = Plan.Layout.Taps;
            for (int j = 0; j < width; j += Lanes.Width)
            {
                int left = width - j;
                Vector512<float> y0 = Vector512.Create(bias), y1 = y0, y2 = y0, y3 = y0;
                float* from = laid + j;
                if (left >= Lanes.Width || !Plan.Layout.InPlace)
                {
                    float* from1 = from + (second * step), from2 = from + (third * step);
                    float* from3 = from + (fourth * step);
                    for (int t = 0; t < taps; t++)
                    {
                        nint tap = offsets[t];
                        Vector512<float> weight = Vector512.Create(weights[t]);
                        y0 = Vector512.MultiplyAddEstimate(Vector512.Load(from + tap), weight, y0);
                        y1 = Vector512.MultiplyAddEstimate(Vector512.Load(from1 + tap), weight, y1);
                        y2 = Vector512.MultiplyAddEstimate(Vector512.Load(from2 + tap), weight, y2);
                        y3 = Vector512.MultiplyAddEstimate(Vector512.Load(from3 + tap), weight, y3);
                    }
                }
                else
                {
                    for (int t = 0; t < taps; t++)
                    {
                        float* at = from + offsets[t];
                        Vector512<float> weight = Vector512.Create(weights[t]);
                        y0 = Vector512.MultiplyAddEstimate(Lanes.Load(at, left), weight, y0);
                        y1 = Vector512.MultiplyAddEstimate(Lanes.Load(at + (second * step), left), weight, y1);
                        y2 = Vector512.MultiplyAddEstimate(Lanes.Load(at + (third * step), left), weight, y2);
                        y3 = Vector512.MultiplyAddEstimate(Lanes.Load(at + (fourth * step), left), weight, y3);
                    }
                }

                Store(y0, y + j, left);
                Store(y1, y + (second * width) + j, left);
                Store(y2, y + (third * width) + j, left);
                Store(y3, y + (fourth * width) + j, left);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly void Store(Vector512<float> values, float* to, int left) =>
            Lanes.Store(
                Rectifier is { } rectifier
                    ? Rectify.Of(values, Vector512.Create(rectifier.Slope), Vector512.Create(rectifier.Ceiling))
                    : values,
                to,
                left);
    }

    // Spreads the gradient of each output over its window, tap by tap, in the layout of the image: for any stride.
    private struct SpreadJob : IParallelJob
    {
        public DepthwisePlan Plan;
        public WorkerPool Pool;
        public float* Dy, Weights, Dx;
        public int Planes;

        public readonly void Run(int part, int worker)
        {
            ConvolutionShape shape = Plan.Shape;
            int end = Math.Min(Planes, (part + 1) * Plan.PlanesPerPart);
            float* laid = Plan.ThreeTaps is null
                ? Pool.Scratch(worker, ScratchSlot.Image, Plan.Layout.ChannelSize)
                : null;
            int pixels = Plan.OutHeight * Plan.OutWidth;
            for (int plane = part * Plan.PlanesPerPart; plane < end; plane++)
            {
                float* weights = Weights + ((nint)(plane % shape.Channels) * shape.Taps);
                float* dy = Dy + ((nint)plane * pixels);
                if (Plan.ThreeTaps is { } threeTaps)
                {
                    threeTaps.InputGradient(dy, weights, Dx + ((nint)plane * shape.Height * shape.Width));
                    continue;
                }

                new Span<float>(laid, Plan.Layout.ChannelSize).Clear();
                for (int t = 0; t < shape.Taps; t++)
                {
                    Spread(dy, Vector512.Create(weights[t]), laid + Plan.Layout.Taps[t]);
                }

                Plan.Layout.TakeUp(laid, Dx + ((nint)plane * shape.Height * shape.Width));
            }
        }

        private readonly void Spread(float* dy, Vector512<float> weight, float* to)
        {
            int width = Plan.OutWidth, height = Plan.OutHeight;
            nint step = Plan.Layout.PixelRowSize;
            for (int row = 0; row < height; row++, dy += width, to += step)
            {
                int j = 0;
                for (; j <= width - Lanes.Width; j += Lanes.Width)
                {
                    Vector512<float> sum = Vector512.MultiplyAddEstimate(
                        Vector512.Load(dy + j), weight, Vector512.Load(to + j));
                    sum.Store(to + j);
                }

                if (j < width)
                {
                    int left = width - j;
                    Lanes.Store(
                        Vector512.MultiplyAddEstimate(Lanes.Load(dy + j, left), weight, Lanes.Load(to + j, left)),
                        to + j,
                        left);
                }
            }
        }
    }

    // A part is a channel in some images: the sums of its taps, and of dy.
    private struct GradientJob : IParallelJob
    {
        public DepthwisePlan Plan;
        public WorkerPool Pool;
        public float* X, Dy;
        public int Images, Pieces;
        public double* Sums;

        public readonly void Run(int part, int worker)
        {
            ConvolutionShape shape = Plan.Shape;
            int piece = part / shape.Channels, channel = part % shape.Channels, taps = shape.Taps;
            int first = (int)((long)Images * piece / Pieces), end = (int)((long)Images * (piece + 1) / Pieces);
            double* sums = Sums + ((nint)part * (taps + 1));
            new Span<double>(sums, taps + 1).Clear();
            float* scratch = Plan.Scratch(Pool, worker);
            for (int image = first; image < end; image++)
            {
                nint plane = ((nint)image * shape.Channels) + channel;
                float* x = X + (plane * shape.Height * shape.Width);
                float* dy = Dy + (plane * Plan.OutHeight * Plan.OutWidth);
                if (Plan.ThreeTaps is { } threeTaps)
                {
                    threeTaps.WeightGradient(x, dy, sums);
                    continue;
                }

                float* laid = Plan.Lay(x, scratch);
                for (int t = 0; t < taps; t += TapsAtOnce)
                {
                    Add(laid, dy, t, sums);
                }

                sums[taps] += SumOf(dy, Plan.OutHeight * Plan.OutWidth);
            }
        }

        // Adds the sums of five taps; those behind the last are computed as the last and dropped.
        private readonly void Add(float* laid, float* dy, int first, double* sums)
        {
            int width = Plan.OutWidth, height = Plan.OutHeight, last = Plan.Layout.TapCount - 1;
            nint step = Plan.Layout.PixelRowSize;
            int* taps = Plan.Layout.Taps;
            float* x0 = laid + taps[first], x1 = laid + taps[Math.Min(first + 1, last)];
            float* x2 = laid + taps[Math.Min(first + 2, last)], x3 = laid + taps[Math.Min(first + 3, last)];
            float* x4 = laid + taps[Math.Min(first + 4, last)];
            Vector512<float> s0 = default, s1 = s0, s2 = s0, s3 = s0, s4 = s0;
            for (int row = 0; row < height; row++, dy += width)
            {
                nint at = row * step, end = at + width;
                float* gradient = dy - at;
                for (; at <= end - Lanes.Width; at += Lanes.Width)
                {
                    Vector512<float> d = Vector512.Load(gradient + at);
                    s0 = Vector512.MultiplyAddEstimate(Vector512.Load(x0 + at), d, s0);
                    s1 = Vector512.MultiplyAddEstimate(Vector512.Load(x1 + at), d, s1);
                    s2 = Vector512.MultiplyAddEstimate(Vector512.Load(x2 + at), d, s2);
                    s3 = Vector512.MultiplyAddEstimate(Vector512.Load(x3 + at), d, s3);
                    s4 = Vector512.MultiplyAddEstimate(Vector512.Load(x4 + at), d, s4);
                }

                if (at < end)
                {
                    int left = (int)(end - at);
                    Vector512<float> d = Lanes.Load(gradient + at, left);
                    s0 = Vector512.MultiplyAddEstimate(Lanes.Load(x0 + at, left), d, s0);
                    s1 = Vector512.MultiplyAddEstimate(Lanes.Load(x1 + at, left), d, s1);
                    s2 = Vector512.MultiplyAddEstimate(Lanes.Load(x2 + at, left), d, s2);
                    s3 = Vector512.MultiplyAddEstimate(Lanes.Load(x3 + at, left), d, s3);
                    s4 = Vector512.MultiplyAddEstimate(Lanes.Load(x4 + at, left), d, s4);
                }
            }

            float* found = stackalloc float[TapsAtOnce];
            (found[0], found[1], found[2]) = (Vector512.Sum(s0), Vector512.Sum(s1), Vector512.Sum(s2));
            (found[3], found[4]) = (Vector512.Sum(s3), Vector512.Sum(s4));
            for (int i = 0; i < TapsAtOnce && first + i <= last; i++)
            {
                sums[first + i] += found[i];
            }
        }

        private static float SumOf(float* values, int count)
        {
            Vector512<float> sum = default;
            for (int i = 0; i < count; i += Lanes.Width)
            {
                sum += Lanes.Load(values + i, count - i);
            }

            return Vector512.Sum(sum);
        }
    }
}
