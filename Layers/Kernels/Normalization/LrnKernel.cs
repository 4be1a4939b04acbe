using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Normalization;

/// <summary>Local response normalisation, with the implementation of the power chosen by the exponent.</summary>
internal static unsafe class LrnKernel
{
    /// <summary>Computes y from x, across channels or within each channel.</summary>
    public static void Forward(bool within, float* x, float* y, in LrnShape shape, WorkerPool pool)
    {
        KernelGuard.Array(x, shape.Images, shape.Channels, shape.Height, shape.Width);
        KernelGuard.Array(y, shape.Images, shape.Channels, shape.Height, shape.Width);
        KernelGuard.Apart(x, shape.Count, y, shape.Count);
        switch (shape.Beta)
        {
            case 0.5f:
                Forward(default(InverseRoot), within, x, y, shape, pool);
                break;
            case 0.75f:
                Forward(default(InverseThreeQuarters), within, x, y, shape, pool);
                break;
            case 1:
                Forward(default(Inverse), within, x, y, shape, pool);
                break;
            default:
                Forward(new InversePower(shape.Beta), within, x, y, shape, pool);
                break;
        }
    }

    /// <summary>Computes dx from x and dy.</summary>
    public static void Backward(bool within, float* x, float* dy, float* dx, in LrnShape shape, WorkerPool pool)
    {
        KernelGuard.Array(x, shape.Images, shape.Channels, shape.Height, shape.Width);
        KernelGuard.Array(dy, shape.Images, shape.Channels, shape.Height, shape.Width);
        KernelGuard.Array(dx, shape.Images, shape.Channels, shape.Height, shape.Width);
        KernelGuard.Apart(x, shape.Count, dx, shape.Count);
        KernelGuard.Apart(dy, shape.Count, dx, shape.Count);
        switch (shape.Beta)
        {
            case 0.5f:
                Backward(default(InverseRoot), within, x, dy, dx, shape, pool);
                break;
            case 0.75f:
                Backward(default(InverseThreeQuarters), within, x, dy, dx, shape, pool);
                break;
            case 1:
                Backward(default(Inverse), within, x, dy, dx, shape, pool);
                break;
            default:
                Backward(new InversePower(shape.Beta), within, x, dy, dx, shape, pool);
                break;
        }
    }

    private static void Forward<T>(T power, bool within, float* x, float* y, in LrnShape shape, WorkerPool pool)
        where T : struct, IInversePower
    {
        if (within)
        {
            LrnWithin.Forward(power, x, y, shape, pool);
        }
        else
        {
            LrnAcross.Forward(power, x, y, shape, pool);
        }
    }

    private static void Backward<T>(
        T power, bool within, float* x, float* dy, float* dx, in LrnShape shape, WorkerPool pool)
        where T : struct, IInversePower
    {
        if (within)
        {
            LrnWithin.Backward(power, x, dy, dx, shape, pool);
        }
        else
        {
            LrnAcross.Backward(power, x, dy, dx, shape, pool);
        }
    }
}
