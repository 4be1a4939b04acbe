using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Engine.Inspection;

/// <summary>
/// An image as the net sees it: in colour where it has three channels, as blue, green, red, else a grey tile for each.
/// The least value is black, the greatest white.
/// </summary>
public static class InputSheet
{
    /// <summary>Returns an image of a batch.</summary>
    /// <param name="images">The images, [N, C, H, W].</param>
    /// <param name="item">The item, from 0.</param>
    /// <exception cref="CnnException">The blob is empty or has no such item.</exception>
    public static TileSheet Of(Blob images, int item = 0)
    {
        TileSheet channels = ChannelTiles.Of(
            images, images.Data, item, TileSheet.UsualMost, ColorMap.Grey, isSigned: false);
        if (channels.Count != 3)
        {
            return channels;
        }

        var sheet = new TileSheet(1, channels.TileHeight, channels.TileWidth)
        {
            Total = 1, Least = channels.Least, Greatest = channels.Greatest,
        };
        int size = 3 * sheet.TileHeight * sheet.TileWidth;
        sheet.Paint(0, images.Data.Slice(item * size, size));
        return sheet;
    }
}
