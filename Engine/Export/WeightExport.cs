using Cnn.Engine.Graph;
using Cnn.Engine.Snapshots;
using Cnn.Layers;
using Cnn.Proto;
using Cnn.Proto.Formats;

namespace Cnn.Engine.Export;

/// <summary>Writes the parameters of a net by their names.</summary>
internal static class WeightExport
{
    /// <summary>Writes the parameters that the layers own, in the order of the net.</summary>
    /// <exception cref="CnnException">
    /// There are none, two layers have the same name, or the file cannot be written.
    /// </exception>
    public static ExportedWeights Write(Net net, string path)
    {
        var owned = net.Learnable.Select(parameter => (parameter.Owner, parameter.Index)).ToHashSet();
        var layers = new HashSet<string>(StringComparer.Ordinal);
        var arrays = new List<NamedArray>();
        long values = 0;
        foreach (NetLayer layer in net.Layers)
        {
            string[] names = ParameterNames.Of(layer.Layer);
            int[] indices = [.. Enumerable.Range(0, names.Length).Where(i => owned.Contains((layer, i)))];
            if (indices.Length > 0 && !layers.Add(layer.Name))
            {
                throw new CnnException(new Diagnostic(
                    $"the arrays of a file have names of their own, and two layers with parameters are named "
                    + $"'{layer.Name}'",
                    Hint: "rename one of them, or write a .caffemodel"));
            }

            foreach (int i in indices)
            {
                Blob blob = layer.Layer.Blobs[i];
                arrays.Add(new NamedArray(NamedArrays.Name(layer.Name, names[i]), new BlobSource(blob)));
                values += blob.Count;
            }
        }

        if (arrays.Count == 0)
        {
            throw new CnnException("the net has no parameters, so there are no weights to write");
        }

        NamedArrayFiles.Write(path, arrays, [("producer_name", "cnn"), ("net", net.Name)]);
        return new ExportedWeights { Names = [.. arrays.Select(a => a.Name)], Values = values };
    }
}
