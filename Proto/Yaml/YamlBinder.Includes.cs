using Google.Protobuf;
using Google.Protobuf.Reflection;
using YamlDotNet.Core;

namespace Cnn.Proto;

/// <summary>
/// Reads files that include others: as layers among those of a net, or, at the top, as the defaults of what is not
/// given.
/// </summary>
internal sealed partial class YamlBinder
{
    private const string Include = "include", With = "with", Parameters = "parameters";

    // A file's name is one word, which tells it from the rules of a layer, also called `include`.
    private static YamlNode? IncludedFile(List<(YamlNode Key, YamlNode Value)> entries) =>
        ValueOf(entries, Include) is { Kind: YamlKind.Scalar, IsNull: false } file ? file : null;

    private static YamlNode? ValueOf(List<(YamlNode Key, YamlNode Value)> entries, string key) =>
        entries.Find(e => e.Key.Text == key).Value;

    private bool TakesFiles(FieldDescriptor field) =>
        includes is not null
        && field.FieldNumber == NetParameter.LayerFieldNumber
        && field.ContainingType == NetParameter.Descriptor;

    private bool IsOneLayerTooMany(FieldDescriptor field) =>
        places.IncludedFrom is not null && TakesFiles(field) && includes!.IsOneLayerTooMany();

    // The file that was asked for.
    private void WholeFile(IMessage message, YamlNode root)
    {
        if (ValueOf(root.Entries, Parameters) is null || new YamlParameters(places).Resolve(root))
        {
            KeysNotGiven(message, root, []);
        }
    }

    // Reads the keys of a file and, for those that neither it nor `given` has, of the file that it includes.
    private void KeysNotGiven(IMessage message, YamlNode root, HashSet<string> given)
    {
        List<(YamlNode Key, YamlNode Value)> entries = merge.Flatten(root);
        foreach ((YamlNode key, YamlNode value) in entries)
        {
            if (key.Text is not (Include or With or Parameters) && given.Add(key.Text) && !places.GivenUp)
            {
                Field(message, key, value, 0, takesForeign: false);
            }
        }

        if (ValueOf(entries, Include) is not { } file)
        {
            if (entries.Find(e => e.Key.Text == With).Key is { } with)
            {
                places.Report(with.At, YamlIncludeMessages.WithoutInclude);
            }
        }
        else if (IncludedFile(entries) is null)
        {
            places.Report(file.At, TextMessages.Expected("the path of a YAML file", file.Describe()));
        }
        else if (Open(file, entries) is (var binder, var included))
        {
            binder.KeysNotGiven(message, included, given);
            places.Add(binder.places);
        }
    }

    private void IncludeLayers(
        IMessage net, FieldDescriptor layers, YamlNode file, List<(YamlNode Key, YamlNode Value)> entries, int depth)
    {
        foreach ((YamlNode key, YamlNode _) in entries)
        {
            if (key.Text is not (Include or With))
            {
                places.Report(key.At, YamlIncludeMessages.BesideInclude(key.Text));
            }
        }

        if (Open(file, entries) is (var binder, var root))
        {
            binder.LayersOf(net, layers, root, depth);
            places.Add(binder.places);
        }
    }

    private void LayersOf(IMessage net, FieldDescriptor layers, YamlNode root, int depth)
    {
        List<(YamlNode Key, YamlNode Value)> entries = merge.Flatten(root);
        foreach ((YamlNode key, YamlNode value) in entries)
        {
            if (key.Text == layers.Name)
            {
                Field(net, key, value, depth, takesForeign: false);
            }
            else if (key.Text is not (Parameters or "name"))
            {
                places.Report(
                    key.At, YamlIncludeMessages.NotAmongLayers(key.Text), YamlIncludeMessages.AmongLayersHint);
            }
        }

        if (ValueOf(entries, layers.Name) is null)
        {
            places.Report(root.At, YamlIncludeMessages.NoLayers(places.File), YamlIncludeMessages.AmongLayersHint);
        }
    }

    // Returns a reader of an included file and its map, its parameters replaced; null after a mistake.
    private (YamlBinder Binder, YamlNode Root)? Open(YamlNode file, List<(YamlNode Key, YamlNode Value)> entries)
    {
        if (places.GivenUp || includes!.Open(places, file) is not { } included)
        {
            return null;
        }

        YamlNode? root;
        try
        {
            (root, int nodes) = new YamlComposer(included).Compose();
            budget.Add(nodes);
        }
        catch (CnnException exception)
        {
            foreach (Diagnostic mistake in exception.Diagnostics)
            {
                places.Add(mistake);
            }

            return null;
        }

        if (root is not { Kind: YamlKind.Map })
        {
            string found = root?.Describe() ?? "nothing";
            included.Report(root?.At ?? new Mark(0, 1, 1), TextMessages.Expected("a map", found));
        }
        else if (new YamlParameters(included).Resolve(root, places, file, ValueOf(entries, With)))
        {
            return (new YamlBinder(included, this), root);
        }

        places.Add(included);
        return null;
    }
}
