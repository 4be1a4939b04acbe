using Cnn.Engine.Export;
using Cnn.Engine.Graph;
using Cnn.Proto;
using Cnn.Proto.Formats;

namespace Cnn.Engine.Weights;

/// <summary>Finds the parameters that a file names among those of a layer.</summary>
internal static class NamedParameters
{
    /// <summary>Returns a layer of a file with its parameters by index.</summary>
    /// <param name="path">The file.</param>
    /// <param name="stored">The layer; returned as it is where its parameters are numbered already.</param>
    /// <param name="target">The layer of the net that they are meant for.</param>
    /// <exception cref="CnnException">The layer has no parameter of a name.</exception>
    public static StoredLayer Numbered(string path, StoredLayer stored, NetLayer target)
    {
        if (stored.Roles is null)
        {
            return stored;
        }

        string[] names = ParameterNames.Of(target.Layer);
        var blobs = new StoredBlob?[names.Length];
        for (int i = 0; i < stored.Roles.Count; i++)
        {
            int index = Array.IndexOf(names, stored.Roles[i]);
            if (index < 0)
            {
                throw Unknown(path, stored, stored.Roles[i], target, names);
            }

            blobs[index] = stored.Blobs[i];
        }

        return new StoredLayer(stored.Name, blobs) { Roles = names };
    }

    private static CnnException Unknown(
        string path, StoredLayer stored, string role, NetLayer target, string[] names)
    {
        string array = role.Length == 0 ? stored.Name : NamedArrays.Name(stored.Name, role);
        string known = names.Length == 0
            ? "it has none"
            : $"it has {string.Join(", ", names.Select(name => NamedArrays.Name(target.Name, name)))}";
        return new CnnException(new Diagnostic(
            $"{path}: '{array}' is none of its parameters in the net",
            Hint: $"{known}; rename the layer to leave it out",
            Layer: target.Name));
    }
}
