using System.Buffers.Binary;
using Cnn.Proto.Formats.Images;

namespace Cnn.Proto.Formats.Jpeg;

/// <summary>What the segments before the first scan say of an image, without its tables.</summary>
internal readonly record struct JpegSize(int Components, int Height, int Width, ImageOrientation Orientation)
{
    /// <summary>Reads it from a file.</summary>
    /// <exception cref="CnnException">The file ends early, or has no frame.</exception>
    public static JpegSize Read(ReadOnlySpan<byte> file)
    {
        var size = new JpegSize(0, 0, 0, ImageOrientation.Upright);
        var reader = new SegmentReader(file, 2);
        while (reader.TryReadMarker(out byte marker) && marker is not (JpegMarker.End or JpegMarker.Start))
        {
            ReadOnlySpan<byte> segment = reader.ReadSegment();
            switch (marker)
            {
                case JpegMarker.Scan when size.Width > 0:
                    return size;
                case JpegMarker.Application1 when size.Orientation == ImageOrientation.Upright:
                    size = size with { Orientation = ExifOrientation.OfSegment(segment) };
                    break;
                case JpegMarker.Baseline or JpegMarker.Extended or JpegMarker.Progressive when segment.Length >= 6:
                    size = new JpegSize(
                        segment[5], BinaryPrimitives.ReadUInt16BigEndian(segment[1..]),
                        BinaryPrimitives.ReadUInt16BigEndian(segment[3..]), size.Orientation);
                    break;
            }
        }

        throw JpegMessages.EndsEarly();
    }
}
