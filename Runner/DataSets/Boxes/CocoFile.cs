using System.Text.Json;
using Cnn.Proto;

namespace Cnn.Runner.DataSets.Boxes;

/// <summary>
/// A JSON file of annotations as those of COCO: <c>images</c> with id, file_name, width and height; <c>annotations</c>
/// with image_id, category_id, bbox [x, y, width, height] in pixels and iscrowd; <c>categories</c> with id and name.
/// </summary>
internal static class CocoFile
{
    /// <summary>Reads the annotations.</summary>
    /// <param name="path">The JSON file.</param>
    /// <param name="folder">The folder of the image files.</param>
    /// <param name="names">The classes; null to number the categories in the order of their ids.</param>
    /// <exception cref="CnnException">It cannot be read, or holds mistakes, which are located.</exception>
    public static BoxedSet Read(string path, string folder, ClassNames? names)
    {
        try
        {
            return ReadAll(path, folder, names);
        }
        catch (InvalidOperationException exception)
        {
            // The library looks at the characters of a text only when the text is asked for.
            throw new CnnException(
                $"'{path}' holds a text that is no Unicode: a byte that is not UTF-8, or half of a \\u pair",
                "write the file again as UTF-8",
                exception);
        }
    }

    private static BoxedSet ReadAll(string path, string folder, ClassNames? names)
    {
        using JsonDocument document = Parse(path);
        var categories = new SortedDictionary<long, string>();
        foreach (var (item, place) in Items("categories"))
        {
            categories[Number(item, "id", place)] = Text(item, "name", place);
        }

        names ??= ClassNames.Number(categories.Values);
        var objects = new Dictionary<long, List<BoxedObject>>();
        var images = new List<BoxedImage>();
        foreach (var (item, place) in Items("images"))
        {
            List<BoxedObject> found = [];
            string name = Text(item, "file_name", place);
            if (!objects.TryAdd(Number(item, "id", place), found))
            {
                throw Wrong(place, "has the id of another");
            }

            images.Add(new BoxedImage(
                name, Path.Combine(folder, name), Side(item, "width", place), Side(item, "height", place), found));
        }

        foreach (var (item, place) in Items("annotations"))
        {
            if (!objects.TryGetValue(Number(item, "image_id", place), out List<BoxedObject>? found))
            {
                throw Wrong(place, "has an image_id that no image has");
            }

            found.Add(ObjectOf(item, place));
        }

        return images.Count > 0
            ? new BoxedSet(images, names)
            : throw new CnnException($"'{path}' names no images", "COCO's files list them as \"images\"");

        BoxedObject ObjectOf(JsonElement item, string place)
        {
            string name = categories.GetValueOrDefault(Number(item, "category_id", place))
                ?? throw Wrong(place, "has a category_id that no category has");
            if (!names.TryFind(name, out int label))
            {
                throw Wrong(place, $"is of the class '{name}', which is not among the labels");
            }

            if (!item.TryGetProperty("bbox", out JsonElement box)
                || box.ValueKind != JsonValueKind.Array
                || box.GetArrayLength() != 4
                || box.EnumerateArray().Any(side => side.ValueKind != JsonValueKind.Number))
            {
                throw Wrong(place, "has no bbox of four numbers");
            }

            float x = box[0].GetSingle(), y = box[1].GetSingle();
            bool isCrowd = item.TryGetProperty("iscrowd", out JsonElement crowd)
                && (crowd.ValueKind == JsonValueKind.True
                    || (crowd.ValueKind == JsonValueKind.Number && crowd.GetDouble() != 0));
            return new BoxedObject(label, x, y, x + box[2].GetSingle(), y + box[3].GetSingle(), isCrowd);
        }

        IEnumerable<(JsonElement Item, string Place)> Items(string list)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty(list, out JsonElement items)
                || items.ValueKind != JsonValueKind.Array)
            {
                throw new CnnException(
                    $"'{path}' has no list \"{list}\"", "images, annotations and categories are needed");
            }

            int number = 0;
            foreach (JsonElement item in items.EnumerateArray())
            {
                string place = $"{list}[{number++}]";
                yield return item.ValueKind == JsonValueKind.Object
                    ? (item, place)
                    : throw Wrong(place, "is no object");
            }
        }

        long Number(JsonElement item, string field, string place) =>
            item.TryGetProperty(field, out JsonElement value)
            && value.ValueKind == JsonValueKind.Number
            && value.TryGetInt64(out long number)
                ? number
                : throw Wrong(place, $"has no {field} that is a whole number");

        int Side(JsonElement item, string field, string place) =>
            item.TryGetProperty(field, out _) ? (int)Math.Clamp(Number(item, field, place), 0, int.MaxValue) : 0;

        string Text(JsonElement item, string field, string place) =>
            item.TryGetProperty(field, out JsonElement value)
            && value.ValueKind == JsonValueKind.String
            && value.GetString() is { Length: > 0 } text
                ? text
                : throw Wrong(place, $"has no {field}");

        CnnException Wrong(string place, string what) => new($"{place} of '{path}' {what}");
    }

    private static JsonDocument Parse(string path)
    {
        try
        {
            return JsonDocument.Parse(FileText.ReadBytes(path));
        }
        catch (JsonException exception)
        {
            throw new CnnException(new Diagnostic(
                "it is no JSON",
                new SourceLocation(
                    path, (int)(exception.LineNumber ?? 0) + 1, (int)(exception.BytePositionInLine ?? 0) + 1)));
        }
    }
}
