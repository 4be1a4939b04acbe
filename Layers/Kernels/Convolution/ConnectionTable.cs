namespace Cnn.Layers.Kernels.Convolution;

/// <summary>
/// The connections of a convolution: which input maps each output map reads. Connections are numbered output map by
/// output map, and can be looked up from either side.
/// </summary>
internal sealed class ConnectionTable
{
    private readonly int[] firstOfOutput;
    private readonly int[] firstOfInput;
    private readonly int[] connectionsByInput;
    private readonly int[] inputs;
    private readonly int[] outputs;

    /// <summary>Builds the table.</summary>
    /// <param name="inputsOfOutputs">
    /// For each output map, the input maps that it reads, all below <paramref name="channels"/>.
    /// </param>
    /// <param name="channels">Number of input maps.</param>
    public ConnectionTable(int[][] inputsOfOutputs, int channels)
    {
        (Outputs, Channels) = (inputsOfOutputs.Length, channels);
        inputs = [.. inputsOfOutputs.SelectMany(list => list)];
        outputs = [.. inputsOfOutputs.SelectMany((list, output) => Enumerable.Repeat(output, list.Length))];
        firstOfOutput = new int[Outputs + 1];
        firstOfInput = new int[Channels + 1];
        for (int i = 0; i < Count; i++)
        {
            firstOfOutput[outputs[i] + 1]++;
            firstOfInput[inputs[i] + 1]++;
        }

        for (int i = 0; i < Outputs; i++)
        {
            firstOfOutput[i + 1] += firstOfOutput[i];
        }

        for (int i = 0; i < Channels; i++)
        {
            firstOfInput[i + 1] += firstOfInput[i];
        }

        connectionsByInput = [.. Enumerable.Range(0, Count).OrderBy(i => inputs[i])];
    }

    /// <summary>Number of output maps.</summary>
    public int Outputs { get; }

    /// <summary>Number of input maps.</summary>
    public int Channels { get; }

    /// <summary>Number of connections.</summary>
    public int Count => inputs.Length;

    /// <summary>Returns the input map of a connection.</summary>
    public int InputOf(int connection) => inputs[connection];

    /// <summary>Returns the output map of a connection.</summary>
    public int OutputOf(int connection) => outputs[connection];

    /// <summary>Returns an output map's connections, from First to End (exclusive).</summary>
    public (int First, int End) OfOutput(int output) => (firstOfOutput[output], firstOfOutput[output + 1]);

    /// <summary>Returns an input map's connections.</summary>
    public ReadOnlySpan<int> OfInput(int input) =>
        connectionsByInput.AsSpan(firstOfInput[input]..firstOfInput[input + 1]);

    /// <summary>Returns the average fan-in of an output map and fan-out of an input map, in weights.</summary>
    public (float In, float Out) Fans(int[] kernel)
    {
        double weights = Count;
        foreach (int size in kernel)
        {
            weights *= size;
        }

        return ((float)(weights / Outputs), (float)(weights / Channels));
    }
}
