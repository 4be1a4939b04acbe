using Cnn.Layers.Kernels.Convolution;

namespace Cnn.Layers.Vision;

/// <summary>
/// Convolution with a connection table that leaves out few connections: the plain convolution with weights that are 0
/// where there is no connection. Its kernels are many times faster than going connection by connection.
/// </summary>
internal sealed unsafe class MaskedConvolution : IConvolutionEngine
{
    // With fewer than one connection in this many, going connection by connection is faster.
    private const int Sparse = 8;

    private readonly ConnectionTable table;
    private readonly int taps;
    private readonly DenseConvolution convolution;

    // The weights [outputs, channels, taps] and their gradient; 0 from the start where there is no connection.
    private readonly Blob all;

    /// <summary>Makes the engine of one layer.</summary>
    public MaskedConvolution(LayerContext context, ConnectionTable table, WindowParameters window)
    {
        this.table = table;
        taps = (int)window.Taps;
        convolution = new DenseConvolution(context, table.Channels, table.Outputs, 1, window);
        all = new Blob(table.Outputs, table.Channels, taps);
    }

    /// <summary>Returns whether a table has enough connections for this engine.</summary>
    public static bool Suits(ConnectionTable table, WindowParameters window) =>
        (long)table.Outputs * table.Channels <= (long)table.Count * Sparse
        && BlobSize.Of(table.Outputs, table.Channels, window.Taps) <= BlobSize.Most;

    /// <inheritdoc/>
    public void Prepare(ReadOnlySpan<int> spatial) => convolution.Prepare(spatial);

    /// <inheritdoc/>
    public void Forward(int images, float* x, Blob weights, Blob? bias, float* y)
    {
        Spread(weights.ReadPointer);
        convolution.Forward(images, x, all, bias, y);
    }

    /// <inheritdoc/>
    public void InputGradient(int images, float* dy, Blob weights, float* dx)
    {
        Spread(weights.ReadPointer);
        convolution.InputGradient(images, dy, all, dx);
    }

    /// <inheritdoc/>
    public void WeightGradient(int images, float* x, float* dy, float* dw, float* db)
    {
        if (db != null)
        {
            convolution.WeightGradient(images, x, dy, null, db);
        }

        if (dw == null)
        {
            return;
        }

        all.Diff.Clear();
        convolution.WeightGradient(images, x, dy, all.DiffPointer, null);
        for (int connection = 0; connection < table.Count; connection++)
        {
            float* from = all.DiffPointer + Place(connection);
            for (int tap = 0; tap < taps; tap++)
            {
                *dw++ += from[tap];
            }
        }
    }

    private void Spread(float* connected)
    {
        for (int connection = 0; connection < table.Count; connection++, connected += taps)
        {
            new ReadOnlySpan<float>(connected, taps).CopyTo(all.Data.Slice(Place(connection), taps));
        }
    }

    private int Place(int connection) =>
        ((table.OutputOf(connection) * table.Channels) + table.InputOf(connection)) * taps;
}
