using Cnn.Layers.Kernels.Convolution;
using Cnn.Proto;

namespace Cnn.Layers.Vision;

/// <summary>Reads and checks the <c>connections</c> of a <see cref="ConvolutionParameter"/>.</summary>
internal static class ConnectionTableReader
{
    /// <summary>Reads the table.</summary>
    /// <exception cref="CnnException">
    /// There are groups as well, there is not one entry for each output map, or an entry has no input maps or has
    /// indices that do not exist or do not rise.
    /// </exception>
    public static ConnectionTable Read(LayerContext context, ConvolutionParameter options, int channels, int outputs)
    {
        if (options.Group != 1)
        {
            throw context.Error(
                options,
                ConvolutionParameter.GroupFieldNumber,
                $"group is {options.Group}, but a connection table says which input maps each output map sees",
                "leave group out");
        }

        if (options.Connections.Count != outputs)
        {
            throw context.Error(
                options,
                ConvolutionParameter.ConnectionsFieldNumber,
                $"connections is given {options.Connections.Count} times for num_output {outputs}",
                "give it once for each output map, in order");
        }

        int[][] inputs = new int[outputs][];
        for (int output = 0; output < outputs; output++)
        {
            ConvolutionConnections entry = options.Connections[output];
            if (entry.Input.Count == 0)
            {
                throw context.Error(entry, 0, $"output map {output} sees no input map", "name one or more");
            }

            for (int i = 0; i < entry.Input.Count; i++)
            {
                uint input = entry.Input[i];
                if (input >= channels)
                {
                    throw context.Error(
                        entry,
                        ConvolutionConnections.InputFieldNumber,
                        $"output map {output} is to see input map {input}, but bottom "
                        + $"'{context.Parameter.Bottom[0]}' has "
                        + $"{channels} channels",
                        $"input maps are 0 to {channels - 1}");
                }

                if (i > 0 && input <= entry.Input[i - 1])
                {
                    throw context.Error(
                        entry,
                        ConvolutionConnections.InputFieldNumber,
                        $"output map {output} names input map {input} after {entry.Input[i - 1]}",
                        "name each input map once, in rising order");
                }
            }

            inputs[output] = [.. entry.Input.Select(input => (int)input)];
        }

        return new ConnectionTable(inputs, channels);
    }
}
