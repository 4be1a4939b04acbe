namespace Cnn.Tests.Layers.Recurrent;

/// <summary>
/// The formulas of LSTM and RNN, one number at a time in double precision, with the state kept between batches.
/// </summary>
internal sealed class RecurrentReference(LayerHarness harness, int size)
{
    private readonly Dictionary<int, (double[] Hidden, double[] Cell)> streams = [];

    private bool IsLstm => harness.Layer.Type == "LSTM";

    private int Gates => IsLstm ? 4 : 1;

    /// <summary>Sets a stream's state.</summary>
    public void Start(int stream, double[] hidden, double[] cell) => streams[stream] = (hidden, cell);

    /// <summary>Returns a stream's hidden state, then its cell state.</summary>
    public (double[] Hidden, double[] Cell) StateOf(int stream) => streams[stream];

    /// <summary>Computes the output for the harness's bottoms and advances the state.</summary>
    public double[] Forward(bool hasStatic)
    {
        int steps = harness.Bottoms[0].Dim(0), count = harness.Bottoms[0].Dim(1);
        var output = new double[steps * count * size];
        for (int n = 0; n < count; n++)
        {
            var (hidden, cell) = streams.TryGetValue(n, out var kept) ? kept : (new double[size], new double[size]);
            for (int t = 0; t < steps; t++)
            {
                double marker = harness.Bottoms[1].Data[(t * count) + n];
                double[] sums = Sums(t, n, hasStatic, [.. hidden.Select(h => marker * h)]);
                (hidden, cell) = IsLstm ? Unit(sums, cell, marker) : ([.. sums.Select(Math.Tanh)], cell);
                Output(hidden, hasStatic).CopyTo(output, ((t * count) + n) * size);
            }

            streams[n] = (hidden, cell);
        }

        return output;
    }

    /// <summary>Computes one step of an LSTM from the gates' sums.</summary>
    public static (double[] Hidden, double[] Cell) Unit(double[] sums, double[] cell, double marker)
    {
        int size = cell.Length;
        double[] next = new double[size], hidden = new double[size];
        for (int d = 0; d < size; d++)
        {
            double i = Sigmoid(sums[d]), f = Sigmoid(sums[size + d]), o = Sigmoid(sums[(2 * size) + d]);
            next[d] = (marker * f * cell[d]) + (i * Math.Tanh(sums[(3 * size) + d]));
            hidden[d] = o * Math.Tanh(next[d]);
        }

        return (hidden, next);
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private double[] Sums(int t, int n, bool hasStatic, double[] hidden)
    {
        int count = harness.Bottoms[0].Dim(1), inputs = harness.Bottoms[0].CountOf(2);
        double[] x =
        [
            .. harness.Bottoms[0].Data.Slice(((t * count) + n) * inputs, inputs).ToArray().Select(v => (double)v),
        ];
        var sums = new double[Gates * size];
        Add(sums, 0, x);
        for (int j = 0; j < sums.Length; j++)
        {
            sums[j] += harness.Layer.Blobs[1].Data[j];
        }

        if (hasStatic)
        {
            int fixedInputs = harness.Bottoms[2].CountOf(1);
            Add(
                sums, 2,
                [.. harness.Bottoms[2].Data.Slice(n * fixedInputs, fixedInputs).ToArray().Select(v => (double)v)]);
        }

        Add(sums, hasStatic ? 3 : 2, hidden);
        return sums;
    }

    private double[] Output(double[] hidden, bool hasStatic)
    {
        if (IsLstm)
        {
            return hidden;
        }

        int weights = hasStatic ? 4 : 3;
        var sums = new double[size];
        Add(sums, weights, hidden);
        return [.. sums.Select((s, j) => Math.Tanh(s + harness.Layer.Blobs[weights + 1].Data[j]))];
    }

    private void Add(double[] sums, int blob, double[] values)
    {
        Span<float> weights = harness.Layer.Blobs[blob].Data;
        for (int j = 0; j < sums.Length; j++)
        {
            for (int i = 0; i < values.Length; i++)
            {
                sums[j] += weights[(j * values.Length) + i] * values[i];
            }
        }
    }
}
