using Cnn.Layers.Kernels;

namespace Cnn.Layers.Vision;

/// <summary>
/// Convolution with a connection table that leaves out few connections: the plain convolution over weights that are 0
/// where there is no connection, which the plain one's kernels do many times faster than connection by connection.
/// </summary>
internal sealed unsafe class MaskedConvolution(LayerContext context, ConnectionTable table)
{
    // From one connection of this many on, going connection by connection takes less.
    private const int Sparse = 8;

    private readonly PlannedConvolution convolution = new(context);
    private AlignedBuffer weights = new(0);
    private AlignedBuffer gradient = new(0);

    /// <summary>Whether a table has connections enough.</summary>
    public static bool Suits(ConnectionTable table, int taps)
    {
        long all = (long)table.Outputs * table.Channels;
        return all <= (long)table.Count * Sparse && all * taps <= int.MaxValue / 2;
    }

    /// <summary>Prepares for images of these sizes.</summary>
    public void Prepare(ReadOnlySpan<int> spatial, WindowParameters window, int taps)
    {
        convolution.Prepare(table.Channels, table.Outputs, 1, spatial, window);
        int count = table.Outputs * table.Channels * taps;
        if (weights.Length != count)
        {
            (weights, gradient) = (new AlignedBuffer(count), new AlignedBuffer(count));
        }
    }

    /// <summary>y from x; the bias may be null.</summary>
    public void Forward(int images, float* x, float* connected, float* bias, float* y)
    {
        Spread(connected);
        convolution.Forward(images, x, weights.Pointer, bias, y);
    }

    /// <summary>dx from dy; overwritten.</summary>
    public void InputGradient(int images, float* dy, float* connected, float* dx)
    {
        Spread(connected);
        convolution.InputGradient(images, dy, weights.Pointer, dx);
    }

    /// <summary>dw += the gradient of the connections' weights.</summary>
    public void WeightGradient(int images, float* x, float* dy, float* dw)
    {
        gradient.Span.Clear();
        convolution.WeightGradient(images, x, dy, gradient.Pointer);
        int taps = Taps;
        for (int connection = 0; connection < table.Count; connection++)
        {
            float* from = gradient.Pointer + Place(connection, taps);
            for (int tap = 0; tap < taps; tap++)
            {
                *dw++ += from[tap];
            }
        }
    }

    private int Taps => weights.Length / (table.Outputs * table.Channels);

    // The other weights have been 0 since the buffer was made.
    private void Spread(float* connected)
    {
        int taps = Taps;
        for (int connection = 0; connection < table.Count; connection++, connected += taps)
        {
            new ReadOnlySpan<float>(connected, taps).CopyTo(weights.Span.Slice(Place(connection, taps), taps));
        }
    }

    private int Place(int connection, int taps) =>
        ((table.OutputOf(connection) * table.Channels) + table.InputOf(connection)) * taps;
}
