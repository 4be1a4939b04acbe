namespace Cnn.Campaigns.Nets.Recipes;

/// <summary>Layers without bottoms that give data: made up, of the campaign's files, or handed over.</summary>
internal static class SourceRecipes
{
    public static IReadOnlyDictionary<string, Action<LayerDraw>> All { get; } = new Dictionary<string,
        Action<LayerDraw>>
    {
        ["AnnotatedData"] = d => Source(
            d,
            $"data_param {{ source: 'annotated' backend: LMDB {Batch(d)}}} "
            + d.Maybe("transform_param { resize_param { height: 6 width: 6 } }")),
        ["Cifar10Data"] = d =>
            Source(d, $"cifar10_data_param {{ source: 'cifar.bin' {Batch(d)}{Shuffle(d)}}} {Transform(d, 20)}"),
        ["Data"] = d => Source(d, $"data_param {{ source: 'lmdb' backend: LMDB {Batch(d)}}} {Transform(d, 4)}"),
        ["DenseImageData"] = d => Source(
            d, $"dense_image_data_param {{ source: 'pairs.txt' "
                + $"{Batch(d)}{Shuffle(d)}{d.Maybe("new_height: 6 new_width: 7")}}}"),
        ["Digits"] = d => Source(
            d,
            $"digits_param {{ {Batch(d)}seed: {d.Int(1, 9)} "
                + $"{d.Maybe("canvas { height: 40 width: 44 min_size: 10 max_size: 16 }")}}}"),
        ["DummyData"] = DummyData,
        ["HDF5Data"] = d =>
        {
            // Its tops have the names of the datasets.
            string[] names = [.. CampaignFiles.DataSets.Keys];
            int first = d.Int(0, names.Length - 1);
            d.Tops = d.Int(1, 2);
            d.Option(string.Concat(Enumerable.Range(first, d.Tops).Select(i => $"top: '{names[i % names.Length]}' ")));
            d.Option($"hdf5_data_param {{ source: 'hdf5.txt' {Batch(d)}{Shuffle(d)}}}");
        },
        ["IdxData"] = d => Source(
            d, $"idx_data_param {{ images: 'idx-images' labels: 'idx-labels' {Batch(d)}{Shuffle(d)}}} "
                + $"{Transform(d, 3)}"),
        ["ImageData"] = d => Source(
            d, $"image_data_param {{ source: 'list.txt' "
                + $"{Batch(d)}{Shuffle(d)}{d.Maybe("new_height: 6 new_width: 7")}}} {Transform(d, 4)}"),
        ["ImageFolder"] = d => Source(
            d, $"image_folder_param {{ source: 'classes' {Batch(d)}{d.Maybe("validation_share: 0.4")}}} "
                + $"{Transform(d, 4)}"),
        ["ImageSegData"] = d =>
        {
            d.Tops = 3;
            d.Option($"image_data_param {{ source: 'pairs.txt' {Batch(d)}label_type: PIXEL {Shuffle(d)}}} "
                + $"{Transform(d, 4)}");
        },
        ["Input"] = d => d.Option($"input_param {{ shape {{ "
            + $"{string.Concat(d.Shape(d.Int(1, 5)).Select(s => $"dim: {s} "))}}} }}"),
        ["MemoryData"] = d =>
        {
            d.Tops = 2;
            d.Option($"memory_data_param {{ batch_size: {d.Int(1, 4)} channels: {d.Int(1, 3)} height: {d.Int(1, 6)} "
                + $"width: {d.Int(1, 6)} }}");
        },
        ["VideoData"] = d => Source(
            d,
            $"video_data_param {{ source: 'clips.txt' use_image: true {Batch(d)}{Shuffle(d)}new_length: {d.Int(1, 3)} "
                + $"{d.Maybe("new_height: 6 new_width: 7")}}} {Transform(d, 4)}"),
        ["WindowData"] = d =>
        {
            d.Tops = 2;
            d.Option($"window_data_param {{ source: 'windows.txt' {Batch(d)}fg_fraction: 0.5 crop_mode: "
                + $"'{d.Of("warp", "square")}' }} "
                + $"transform_param {{ crop_size: {d.Int(3, 7)} mirror: {d.Bool()} }}");
        },
    };

    private static string Batch(LayerDraw d) => $"batch_size: {d.Int(1, 4)} ";

    private static string Shuffle(LayerDraw d) => d.Maybe("shuffle: true");

    private static string Transform(LayerDraw d, int crop) => d.Maybe(
        $"transform_param {{ "
            + $"{d.Maybe("mirror: true")}{d.Maybe($"crop_size: {d.Int(1, crop)}")}{d.Maybe("scale: 0.00390625")}"
        + $"{d.Maybe("mean_value: 100")}}}");

    private static void Source(LayerDraw d, string options)
    {
        d.Tops = d.Of(1, 2, 2);
        d.Option(options);
    }

    private static void DummyData(LayerDraw d)
    {
        d.Tops = d.Int(1, 2);
        string fillers = string.Concat(Enumerable.Range(0, d.Of(1, d.Tops)).Select(_ => d.Of(
            "data_filler { type: 'gaussian' std: 1 } ",
            "data_filler { type: 'uniform' min: -1 max: 1 } ",
            "data_filler { value: 0.5 } ")));
        string shapes = string.Concat(Enumerable.Range(0, d.Of(1, d.Tops)).Select(_ =>
            $"shape {{ {string.Concat(d.Shape(d.Int(1, 5)).Select(s => $"dim: {s} "))}}} "));
        d.Option($"dummy_data_param {{ {fillers}{shapes}}}");
    }
}
