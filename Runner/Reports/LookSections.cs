using System.Globalization;
using Cnn.Engine.Graph;
using Cnn.Engine.Inspection;
using Cnn.Layers;
using Cnn.Proto;
using Cnn.Runner.Commands.Support;

namespace Cnn.Runner.Reports;

/// <summary>The sections of a picture of what is in a net, and what is in it if nothing is chosen.</summary>
internal static class LookSections
{
    /// <summary>The most blobs that are shown where none is chosen.</summary>
    public const int MostBlobs = 12;

    private const string Times = " \u00d7 ";

    /// <summary>Finds layers by their names, or the first one with filters.</summary>
    /// <exception cref="CnnException">There is none.</exception>
    public static NetLayer[] Layers(Net net, string[]? names)
    {
        string[] chosen = OptionValues.SplitAtCommas(names);
        if (chosen.Length > 0)
        {
            return [.. chosen.Select(net.FindLayer)];
        }

        NetLayer? first = net.Layers.FirstOrDefault(l => FilterSheet.Find(l) is not null);
        return first is not null ? [first] : throw new CnnException(
            $"net '{net.Name}' has no filters to show",
            "it needs a convolution larger than 1 x 1, or an InnerProduct that reads images");
    }

    /// <summary>Finds blobs by their names, or those of convolutions, evenly chosen where there are many.</summary>
    /// <exception cref="CnnException">There is none.</exception>
    public static string[] Blobs(Net net, string[]? names)
    {
        string[] chosen = OptionValues.SplitAtCommas(names);
        if (chosen.Length > 0)
        {
            return [.. chosen.Select(name => Existing(net, name))];
        }

        string[] all =
        [
            .. net.Layers.Where(l => l.Parameters is [{ AxisCount: 4 }, ..] && l.Tops is [{ AxisCount: 4 }, ..])
                .Select(l => l.TopNames[0]).Distinct(),
        ];
        if (all.Length == 0)
        {
            throw new CnnException($"net '{net.Name}' has no convolutions", "name what to show with --blob");
        }

        return all.Length <= MostBlobs ? all
            : [.. Enumerable.Range(0, MostBlobs).Select(i => all[i * (all.Length - 1) / (MostBlobs - 1)])];
    }

    /// <summary>The section of a layer's filters.</summary>
    public static LookSection Filters(NetLayer layer, Blob filters, TileSheet sheet) =>
        new(layer.Name, FiltersOf(filters, sheet), sheet, FilterNote(filters, sheet))
        {
            Ends = ("\u2212 largest", "largest"),
        };

    /// <summary>The section of the gradient of a layer's filters.</summary>
    public static LookSection Gradient(NetLayer layer, Blob filters, TileSheet sheet) =>
        new(
            layer.Name,
            $"gradient of the weights: {FiltersOf(filters, sheet)}",
            sheet,
            filters.Dim(1) == 3 ? "red, green and blue each in this scale" : "");

    /// <summary>The section of a blob's channels.</summary>
    public static LookSection Channels(Net net, string name, TileSheet sheet)
    {
        string size = $"{Number(sheet.TileHeight)}{Times}{Number(sheet.TileWidth)}";
        string shape = sheet.TileHeight * sheet.TileWidth == 1
            ? $"{Number(sheet.Total)} values"
            : $"{Number(sheet.Total)} {(sheet.Total == 1 ? "channel" : "channels")}, {size}";
        string[] after = [.. net.Layers.Where(l => l.TopNames.Contains(name)).Select(l => l.Name)];
        string writers = after.Length > 1 ? $", after {string.Join(", ", after[1..])}" : "";
        return new LookSection(name, $"{shape}{writers}{FirstOf(sheet)}", sheet);
    }

    /// <summary>Adds an image and its map of saliency side by side.</summary>
    public static void AddSaliency(LookPicture picture, Net net, SaliencyMap map, int item)
    {
        string name = Saliency.ImageBlob(net);
        string size = $"{Number(map.Height)}{Times}{Number(map.Width)} pixels";
        picture.Add(new LookSection("Image", $"{size}, as the net sees it", InputSheet.Of(net.FindBlob(name), item)));
        picture.Add(new LookSection("Saliency", "largest over the channels: |d score / d pixel|", map.ToSheet())
        {
            IsBeside = true,
        });
    }

    /// <summary>Returns a whole number with separators of thousands.</summary>
    public static string Number(int value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Returns a value in three digits.</summary>
    public static string Number(float value) =>
        value.ToString("g3", CultureInfo.InvariantCulture).Replace('-', '\u2212');

    private static string FiltersOf(Blob filters, TileSheet sheet)
    {
        string shape = string.Join(Times, filters.Shape[1..].ToArray().Select(Number));
        string all = $"{Number(filters.Dim(0))} filters, {shape}";
        return !sheet.HasFixedRows
            ? all + FirstOf(sheet)
            : $"{all}; a row is a filter, a column an input channel"
                + (sheet.Count < sheet.Total
                    ? $" (the first {Number(sheet.Count / sheet.Columns)} and {Number(sheet.Columns)})"
                    : "");
    }

    private static string FilterNote(Blob filters, TileSheet sheet)
    {
        string scale = $"each filter in its own scale, the largest weight of all is {Number(sheet.Greatest)}";
        return filters.Dim(1) == 3 ? $"{scale}; grey is zero" : scale;
    }

    private static string FirstOf(TileSheet sheet) =>
        sheet.Count < sheet.Total ? $" (the first {Number(sheet.Count)})" : "";

    private static string Existing(Net net, string name)
    {
        net.FindBlob(name);
        return name;
    }
}
