namespace Cnn.Layers.Kernels.Convolution;

/// <summary>
/// Which input maps each output map of a convolution sees. Connections are counted output map by output map, and found
/// from either side.
/// </summary>
internal sealed class ConnectionTable
{
    private readonly int[] firstOfOutput;
    private readonly int[] firstOfInput;
    private readonly int[] connectionsByInput;
    private readonly int[] inputs;
    private readonly int[] outputs;

    /// <param name="inputsOfOutputs">For each output map the input maps that it sees; none but existing ones.</param>
    /// <param name="channels">Input maps.</param>
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

    /// <summary>Output maps.</summary>
    public int Outputs { get; }

    /// <summary>Input maps.</summary>
    public int Channels { get; }

    /// <summary>Connections in all.</summary>
    public int Count => inputs.Length;

    /// <summary>The input map of a connection.</summary>
    public int InputOf(int connection) => inputs[connection];

    /// <summary>The output map of a connection.</summary>
    public int OutputOf(int connection) => outputs[connection];

    /// <summary>An output map's connections: from First up to and without End.</summary>
    public (int First, int End) OfOutput(int output) => (firstOfOutput[output], firstOfOutput[output + 1]);

    /// <summary>An input map's connections.</summary>
    public ReadOnlySpan<int> OfInput(int input) =>
        connectionsByInput.AsSpan(firstOfInput[input]..firstOfInput[input + 1]);

    /// <summary>How many weights an output map has and how many weights an input map meets, on average.</summary>
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
