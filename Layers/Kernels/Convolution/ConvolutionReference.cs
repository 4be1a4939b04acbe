namespace Cnn.Layers.Kernels.Convolution;

/// <summary>
/// The specification of <see cref="ConvolutionKernel"/>: y[n, o, i, j] = b[o] + sum over c, r, s of
/// W[o, c, r, s] x[n, c, i * stride + r * dilation - pad, ...], where x is 0 outside the image, and its gradients. Sums
/// are in double precision.
/// </summary>
internal static unsafe class ConvolutionReference
{
    // The products of one weight with a row: of values of x that lie step apart and values of y that follow each other.
    private delegate void Visit(long x, long w, long y, int count, int step);

    /// <summary>Computes y from x, the weights and the bias (null for none).</summary>
    public static void Forward(in ConvolutionShape shape, int images, float* x, float* weights, float* bias, float* y)
    {
        var sums = new double[(long)images * shape.OutSizeOfImage];
        for (long i = 0; bias != null && i < sums.LongLength; i++)
        {
            sums[i] = bias[i / shape.OutPixels % shape.Outputs];
        }

        ForEach(shape, images, (ix, iw, iy, count, step) =>
        {
            for (int j = 0; j < count; j++)
            {
                sums[iy + j] += (double)x[ix + (j * step)] * weights[iw];
            }
        });
        Write(sums, y, false);
    }

    /// <summary>Computes dx from dy; overwrites dx.</summary>
    public static void InputGradient(in ConvolutionShape shape, int images, float* dy, float* weights, float* dx)
    {
        var sums = new double[(long)images * shape.ImageSize];
        ForEach(shape, images, (ix, iw, iy, count, step) =>
        {
            for (int j = 0; j < count; j++)
            {
                sums[ix + (j * step)] += (double)dy[iy + j] * weights[iw];
            }
        });
        Write(sums, dx, false);
    }

    /// <summary>Adds the gradient of the weights, from x and dy, to dW.</summary>
    public static void WeightGradient(in ConvolutionShape shape, int images, float* x, float* dy, float* dw)
    {
        var sums = new double[(long)shape.Outputs * shape.Taps];
        ForEach(shape, images, (ix, iw, iy, count, step) =>
        {
            for (int j = 0; j < count; j++)
            {
                sums[iw] += (double)x[ix + (j * step)] * dy[iy + j];
            }
        });
        Write(sums, dw, true);
    }

    /// <summary>Adds the gradient of the bias, from dy, to db.</summary>
    public static void BiasGradient(in ConvolutionShape shape, int images, float* dy, float* db)
    {
        var sums = new double[shape.Outputs];
        for (long i = 0; i < (long)images * shape.OutSizeOfImage; i++)
        {
            sums[i / shape.OutPixels % shape.Outputs] += dy[i];
        }

        Write(sums, db, true);
    }

    private static void Write(double[] sums, float* to, bool add)
    {
        for (long i = 0; i < sums.LongLength; i++)
        {
            to[i] = (float)(sums[i] + (add ? to[i] : 0));
        }
    }

    // Calls back for each weight and row of an output, with the columns whose values of x lie in the image.
    private static void ForEach(in ConvolutionShape s, int images, Visit visit)
    {
        var (height, width) = (s.OutHeight, s.OutWidth);
        for (int n = 0; n < images; n++)
        {
            for (int o = 0; o < s.Outputs; o++)
            {
                int firstChannel = o / s.GroupOutputs * s.GroupChannels;
                for (int t = 0; t < s.Taps; t++)
                {
                    int c = firstChannel + (t / (s.KernelHeight * s.KernelWidth));
                    int top = (t / s.KernelWidth % s.KernelHeight * s.DilationHeight) - s.PadHeight;
                    int left = (t % s.KernelWidth * s.DilationWidth) - s.PadWidth;
                    int first = 0, end = width;
                    while (first < end && (first * s.StrideWidth) + left < 0)
                    {
                        first++;
                    }

                    while (end > first && ((end - 1) * s.StrideWidth) + left >= s.Width)
                    {
                        end--;
                    }

                    for (int i = 0; i < height; i++)
                    {
                        int row = (i * s.StrideHeight) + top;
                        if (row >= 0 && row < s.Height)
                        {
                            long x = (((((long)n * s.Channels) + c) * s.Height) + row) * s.Width;
                            long y = (((((long)n * s.Outputs) + o) * height) + i) * width;
                            visit(
                                x + (first * s.StrideWidth) + left, ((long)o * s.Taps) + t, y + first, end - first,
                                s.StrideWidth);
                        }
                    }
                }
            }
        }
    }
}
